"""The commands of docs/operations.md and of deploy/ exist, with their options, and the files agree."""

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from argparse import ArgumentError

import pytest
from django.core.management import get_commands, load_command_class

from bench import page
from tests.codebase.source import ROOT
from trafficking_plan.running import health, libraries, web_server

DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs/operations.md").read_text()
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.is_file())
# Where each unit may write; the others, nowhere.
FILES_FOLDER, BACKUPS = "-/srv/plan-register/files", "/srv/plan-register/backups"
MAY_WRITE = {
    "web": FILES_FOLDER,
    "worker": FILES_FOLDER,
    "forget": FILES_FOLDER,
    "backup": BACKUPS,
    "verify": BACKUPS,
}
MOST_EXPOSED = 3.0
COMMAND = re.compile(r"plan-register\"? ([a-z_]{4,}(?: [^\"`;&|<>\n]*)?)")


def called(text):
    """The commands of the product in a text, each as its words."""
    joined = text.replace("\\\n", " ").replace('"', "")
    for found in COMMAND.findall(joined):
        words = shlex.split(found)
        if words[0] in get_commands():
            yield tuple(words)


def every_call():
    texts = [PAGE, *(path.read_text() for path in FILES)]
    return sorted({call for text in texts for call in called(text)})


def test_the_product_is_called_in_the_page_and_in_every_service():
    names = {call[0] for call in every_call()}
    assert {"migrate", "collectstatic", "check_service", "check_restore", "render_papers"} <= names
    for unit in UNITS:
        text = unit.read_text()
        assert (
            unit.suffix == ".timer" or "gunicorn" in text or "backup.sh" in text or [*called(text)]
        )


@pytest.mark.parametrize("call", every_call(), ids=" ".join)
def test_each_command_takes_the_options_that_it_is_given(call):
    name, *arguments = call
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("plan-register", name)
    parser.exit_on_error = False
    try:
        parser.parse_args(arguments)
    except ArgumentError as error:
        pytest.fail(f"{' '.join(call)}: {error}")


def test_each_unit_of_the_page_is_there_and_each_timer_has_its_service():
    named = set(re.findall(r"^\| `(plan-register-[a-z-]+@?)`", PAGE, re.MULTILINE))
    services = {unit.stem for unit in UNITS if unit.suffix == ".service"}
    assert named == services
    assert {unit.stem for unit in UNITS if unit.suffix == ".timer"} <= services


def service_of(unit):
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read_string(unit.read_text())
    return parser["Service"] if unit.suffix != ".timer" else None


SERVICES = {
    unit.stem.removeprefix("plan-register-"): service_of(unit)
    for unit in UNITS
    if unit.suffix == ".service"
}


def test_what_writes_backups_is_not_what_serves_pages():
    written = {
        name: each["ReadWritePaths"] for name, each in SERVICES.items() if "ReadWritePaths" in each
    }
    assert written == MAY_WRITE
    users = {name: each["User"] for name, each in SERVICES.items()}
    assert users == {
        name: "plan_backup" if MAY_WRITE.get(name) == BACKUPS else "plan" for name in SERVICES
    }
    for each in SERVICES.values():
        assert each["ExecStart"].startswith(each["WorkingDirectory"])


def test_all_units_are_closed_alike_by_one_file_that_the_page_copies_too():
    folder = DEPLOY / "systemd/plan-register-.service.d"
    closed = service_of(folder / "closed.conf")
    assert (closed["ProtectSystem"], closed["NoNewPrivileges"]) == ("strict", "yes")
    for each in SERVICES.values():
        assert each.keys() & closed.keys() <= {"Environment"}
    copied = re.findall(r"cp (-r )?\S*deploy/systemd/plan-register-\*", PAGE)
    assert copied == ["-r "]
    assert 'cp -r "$code"/deploy/systemd/plan-register-*' in (DEPLOY / "upgrade.sh").read_text()


# Where systemd is; `closed.conf` is tested everywhere.
if shutil.which("systemd-analyze"):

    @pytest.mark.parametrize("name", SERVICES)
    def test_no_unit_is_exposed(name, tmp_path):
        folder = tmp_path / "etc/systemd/system"
        shutil.copytree(DEPLOY / "systemd", folder)
        command = ["systemd-analyze", "security", "--offline=yes", f"--root={tmp_path}"]
        unit = f"plan-register-{name}".replace("@", "@plan-register-web")
        ran = subprocess.run([*command, f"{unit}.service"], capture_output=True, text=True)
        assert (
            float(re.findall(r"exposure level for \S+: ([0-9.]+)", ran.stdout)[0]) <= MOST_EXPOSED
        )


def test_each_service_that_fails_is_reported_and_the_report_is_not():
    for unit in UNITS:
        reports = "OnFailure=plan-register-failed@%N.service\n" in unit.read_text()
        assert reports == (unit.suffix == ".service" and "failed@" not in unit.name)


# Where shellcheck is: Debian's package of that name.
if shutil.which("shellcheck"):

    def test_scripts_are_found_sound_by_shellcheck():
        command = ["shellcheck", *sorted(DEPLOY.glob("*.sh"))]
        ran = subprocess.run(command, capture_output=True, text=True)
        assert (ran.stdout, ran.returncode) == ("", 0)


def test_nothing_of_the_first_installation_is_named_in_the_files_of_one_beside_it():
    script = (DEPLOY / "beside.sh").read_text()
    function = "renamed() {" + script.partition("renamed() {")[2].partition("\n}\n")[0] + "\n}\n"
    names = "name=fiji user=plan_fiji port=8010 here=/srv/plan-fiji\n"
    files = [DEPLOY / "grants.sql", *(unit for unit in UNITS if unit.is_file())]
    for file in files:
        ran = subprocess.run(
            ["sh", "-c", f'{names}{function}renamed "$1"', "sh", file],
            capture_output=True,
            text=True,
        )
        of_first = (
            r"plan_owner|plan_backup|=plan$|TO plan;|:800[01]|/srv/plan-register|plan-register-"
        )
        assert (ran.stderr, re.findall(of_first, ran.stdout, re.M)) == ("", [])
    assert len(files) > 15


def test_each_block_of_commands_is_a_shell_script():
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 15
    faults = [
        subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True).stderr
        for block in blocks
    ]
    assert "".join(faults) == ""


def test_blocks_are_cut_out_whole_and_what_fetches_packages_apart():
    cut = [block for _, block in page.blocks(PAGE)]
    assert len(cut) == PAGE.count("\n```sh\n")
    assert ["".join(page.commands(block)) for block in cut] == cut
    block = "cd /srv\necho a \\\n  b\nvenv/bin/pip install c\ncat <<END\napt-get\nEND\n"
    assert [*page.parts(block)] == [
        (False, "cd /srv\necho a \\\n  b\n"),
        (True, "cd /srv\nvenv/bin/pip install c\ncat <<END\napt-get\nEND\n"),
    ]


def test_each_reason_to_leave_a_block_out_is_of_one_that_is_there():
    of_blocks = [page.why_left_out(block) for _, block in page.blocks(PAGE)]
    assert set(of_blocks) - {""} == set(page.LEFT_OUT.values())
    assert of_blocks.count("") > len(of_blocks) - 6


def test_the_files_that_commands_copy_from_the_checkout_are_there():
    named = re.findall(r"(?<=[ /])deploy/[\w/.-]*[\w*]", PAGE)
    assert [name for name in named if not [*ROOT.glob(name)]] == []


def test_the_proxies_read_the_certificate_that_the_page_makes():
    made = set(re.findall(r"-(?:key)?out (/etc/ssl/\S+)", PAGE))
    assert len(made) == 2
    for name in ("nginx.conf", "Caddyfile"):
        assert set(re.findall(r"/etc/ssl/[\w./-]+\w", (DEPLOY / name).read_text())) == made


def test_containers_do_what_the_timers_do_except_backups():
    compose = (DEPLOY / "container/compose.yaml").read_text()
    timed = {
        call
        for unit in UNITS
        if unit.with_suffix(".timer").exists()
        for call in called(unit.with_suffix(".service").read_text())
    }
    assert len(timed) == 6
    assert timed <= set(called(compose))


def test_each_setting_of_the_page_is_one_of_env_example():
    block = PAGE.partition("cat > .env <<END\n")[2].partition("\nEND")[0]
    written = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    used = {line.partition("=")[0] for line in block.splitlines()}
    assert used <= written
    assert {"SECRET_KEY", "SEALING_KEYS", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL"} <= used


def test_the_page_and_the_image_install_what_papers_need():
    image = (DEPLOY / "container/Containerfile").read_text()
    for package in (*libraries.LIBRARIES.values(), "poppler-utils"):
        assert f" {package}" in PAGE
        assert f" {package}" in image


def test_all_start_the_web_server_alike():
    unit = (DEPLOY / "systemd/plan-register-web.service").read_text()
    image = (DEPLOY / "container/Containerfile").read_text()
    hooks = f"--config python:{web_server.__name__}"
    for option in ("--workers 2", "--threads 2", "--keep-alive 75", "--no-control-socket", hooks):
        assert option in unit
        assert ", ".join(f'"{word}"' for word in option.split()) in image


def test_pages_have_the_first_address_and_health_checks_the_second_wherever_they_are_asked():
    texts = {
        name: (DEPLOY / name).read_text()
        for name in ("systemd/plan-register-web.service", "container/Containerfile")
    }
    for text in texts.values():
        assert re.findall(r'--bind"?,? "?[0-9.]+:(\d+)', text) == ["8000", "8001"]
    proxy = (DEPLOY / "nginx.conf").read_text()
    for path in health.ANSWERS:
        block = proxy.partition(f"location = {path} {{")[2].partition("}")[0]
        assert "proxy_pass http://127.0.0.1:8001;" in block
    caddy = (DEPLOY / "Caddyfile").read_text()
    assert f"@health path {' '.join(health.ANSWERS)}\n" in caddy
    assert "reverse_proxy @health 127.0.0.1:8001\n" in caddy
    assert (
        'urlopen("http://127.0.0.1:8001/readyz"' in (DEPLOY / "container/compose.yaml").read_text()
    )


def test_the_installed_command_is_the_one_that_is_called():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert list(scripts) == ["plan-register", "plan-register-mcp"]
