"""The files of deploy/kubernetes do what the units do, and are valid where kustomize and kubernetes-validate are."""

import shutil
import subprocess

import pytest
import yaml
from django.core.management import get_commands, load_command_class

import trafficking_plan
from tests.codebase.source import ROOT
from trafficking_plan.running.environment import SECRETS
from trafficking_plan.running.runs import TIMED

FOLDER = ROOT / "deploy/kubernetes"
OVERLAYS = sorted(path.name for path in (FOLDER / "overlays").iterdir())


def documents(path):
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def base(kind):
    return [
        each
        for path in sorted((FOLDER / "base").glob("*.yaml"))
        if path.name not in {"pod.yaml", "timer.yaml", "owner.yaml"}
        for each in documents(path)
        if each["kind"] == kind
    ]


def test_every_timer_but_that_of_backups_is_a_cron_job_whose_command_takes_its_options():
    run = []
    for job in base("CronJob"):
        (main,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        name, *arguments = main["args"]
        parser = load_command_class(get_commands()[name], name).create_parser("", name)
        parser.exit_on_error = False
        parser.parse_args(arguments)
        run.append(" ".join(main["args"]))
    timed = {each for each in TIMED for command in run if command.startswith(each)}
    assert timed == set(TIMED) - {"note_backup"}
    assert len(run) == len(timed)


def test_the_image_is_that_of_the_release():
    (image,) = documents(FOLDER / "base/kustomization.yaml")[0]["images"]
    assert image["newTag"] == trafficking_plan.__version__


def test_each_secret_is_a_file_and_each_other_setting_is_one_of_env_example():
    lines = (FOLDER / "base/settings.env").read_text().split()
    lines += [
        line
        for name in OVERLAYS
        for line in documents(FOLDER / f"overlays/{name}/kustomization.yaml")[0][
            "configMapGenerator"
        ][0]["literals"]
    ]
    example = (ROOT / ".env.example").read_text()
    for line in lines:
        name, _, value = line.partition("=")
        plain = name.removesuffix("_FILE")
        assert f"{plain}=" in example or plain.startswith("AWS_")
        assert (plain in SECRETS) == (plain != name) == value.startswith("/run/secrets/")


def test_what_is_asked_for_health_is_the_port_of_its_own():
    (web,) = [each for each in base("Deployment") if each["metadata"]["name"].endswith("web")]
    main = web["spec"]["template"]["spec"]["containers"][0]
    ports = {each["name"]: each["containerPort"] for each in main["ports"]}
    assert ports == {"pages": 8000, "health": 8001}
    asked = {name: main[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {name: (each["path"], each["port"]) for name, each in asked.items()} == {
        "startup": ("/healthz", "health"),
        "liveness": ("/healthz", "health"),
        "readiness": ("/readyz", "health"),
    }


def test_nothing_secret_and_no_settings_of_containers_reach_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", "**/.env", "deploy/container/*.env", "var"} <= set(ignored)
    compose = yaml.safe_load((ROOT / "deploy/container/compose.yaml").read_text())
    build = compose["services"]["web"]["build"]
    assert (ROOT / "deploy/container" / build["context"] / build["dockerfile"]).exists()


# Where it is: Debian's package of that name.
if shutil.which("kustomize"):

    @pytest.fixture(scope="module", params=OVERLAYS)
    def rendered(request, tmp_path_factory):
        ran = subprocess.run(
            ["kustomize", "build", FOLDER / "overlays" / request.param],
            capture_output=True,
            text=True,
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        path = tmp_path_factory.mktemp("rendered") / "all.yaml"
        path.write_text(ran.stdout)
        return path

    def pods(path):
        for each in documents(path):
            spec = each.get("spec", {})
            spec = spec.get("jobTemplate", each).get("spec")
            if each["kind"] in {"Deployment", "Job", "CronJob"}:
                yield f"{each['kind']} {each['metadata']['name']}", spec["template"]["spec"]

    def test_every_pod_is_closed_alike_and_only_migrate_has_the_owners_address(rendered):
        found = dict(pods(rendered))
        assert len(found) == 9
        for name, pod in found.items():
            (main,) = pod["containers"]
            assert main["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["automountServiceAccountToken"] is False
            assert main["image"] == f"plan-register:{trafficking_plan.__version__}"
            secrets = {each["secret"]["secretName"] for each in pod["volumes"] if "secret" in each}
            of_owner = {"plan-register-owner"} if name == "Job plan-register-migrate" else set()
            assert secrets == {"plan-register", *of_owner}

    # Where it is: `pip install kubernetes-validate`.
    if shutil.which("kubernetes-validate"):

        def test_what_is_rendered_is_valid(rendered):
            ran = subprocess.run(
                ["kubernetes-validate", "--strict", rendered], capture_output=True, text=True
            )
            assert ran.returncode == 0, ran.stdout + ran.stderr
