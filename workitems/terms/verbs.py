"""Words of plans and reports, above all verbs, for functions that fit what was typed into sentences."""

import re


def set_of(words: str) -> frozenset[str]:
    """Return the words of a text that lists them."""
    return frozenset(words.split())


# Verbs of orders and sentences.
VERBS = set_of(
    """
    accept add address adopt advertise advise agree align allocate amend analyse apply appoint approach approve
    arrange ask assess attend audit authorise await begin bid brief bring build buy call carry change chase check
    choose circulate clarify close collaborate collect combine commission complete conduct confirm consider
    consult continue contract convene coordinate correct cover create decide define deliver deploy describe
    design develop direct discuss distribute draft draw drop employ enable encourage engage ensure enter
    escalate establish evaluate examine expand explain explore extend facilitate fence fill finalise find finish
    fix follow form fund gather get give go group have hear help hire hold house identify implement improve
    include increase inform interview introduce investigate invite isolate issue join keep lack launch lead learn leave
    lend let liaise lift limit link list lodge look make manage map measure meet mend move name need negotiate
    obtain offer open order organise outline partner pay pilot place plan prepare present print prioritise
    procure produce progress promote propose provide publish pursue put raise reach read reassign recommend
    record recruit redesign reduce refer refine release reopen replace report request rerun reschedule resume
    review revise rewrite run scope second secure seek select send set settle share shorten show sign simplify
    speak split staff start stay stop strengthen study submit support survey take talk target teach tell tender
    test track trade train transfer translate trial try turn undertake update use verify visit wait want warn
    widen wish withdraw work write
    """
)
# With which a text begins: these and others, of which some are as often nouns within a text.
FIRST_VERBS = VERBS | set_of(
    """
    accelerate acquire activate adapt adjust advance alleviate allow announce apportion assemble assign attach
    attract automate award backfill balance broaden build calculate cancel celebrate certify chair champion
    clean coach codify collaborate collate combat commence commit communicate compare compile comply conclude
    configure connect conserve consolidate construct contribute cooperate counter criminalise curb debrief
    decarbonise decommission deepen defer demolish demonstrate detect deter determine digitise dismantle
    dispatch dispose disrupt disseminate diversify divert do double educate electrify elevate eliminate embed
    empower enable enact endorse enhance enrol ensure equip erect estimate execute expedite explore facilitate
    formalise forward foster fund govern grant halve harmonise impose incentivise incorporate initiate insert
    inspect install institute institutionalise instruct integrate intensify invest lay legislate liaise license
    lodge lower mainstream maintain maximise merge migrate minimise mitigate mobilise modernise monitor nominate
    notify nurture observe occupy onboard operate operationalise optimise outlaw outsource oversee package
    participate permit persuade phase pool preserve prevent prohibit protect prove quantify rank ratify
    rationalise reallocate rebalance rebuild recall receive recognise reconcile reconvene recover redevelop
    redirect refocus reform refresh refund refurbish register regularise regulate rehabilitate rehearse
    reinforce reinstate reintegrate reissue relocate remediate remedy remind remove renew repair repay repeal
    repeat replan replant repurpose rescope research reserve reset reshape resolve resource respond restore
    restrict retain retender retest retrain retrofit return reuse reverse revisit revitalise roll rotate
    safeguard sample save scale scan score screen seize sell separate serve ship shortlist simulate specify
    sponsor stabilise standardise station store streamline subcontract subsidise substitute suggest summarise
    supervise supply suspend sustain swap switch table tackle tailor terminate tighten trace transcribe
    transition transport treat triage trigger trim undertake unify unlock upgrade uphold upload upskill utilise
    validate vary verify waive weigh welcome wind
    """
)
# Of these, those that are as often nouns.
ALSO_NOUNS = set_of(
    """
    address advance approach audit award balance bid brief build call chair champion change charge chase check
    close coach commission contract counter cover curb design direct double draft draw drop employ escalate
    estimate extend field finish fix follow form forward fund grant group help hire hold house increase
    interview invite issue join keep lack launch lead leave license lift limit link list look lower make map
    measure monitor move name need offer open order outline package partner pay permit phase pilot place plan
    pool present print progress progressing propose put raise rank reach recall record redesign reform refresh
    refund register release remedy repair report request research reserve resource resume return reuse reverse
    review roll run sample save scale scan scope score screen second secure select send set share ship show sign
    speed split sponsor staff start station stay stop store study supply support survey swap switch table take
    talk target tender test trace track trade train transfer transition transport treat trial trigger trim try
    turn update upgrade use visit wait waive want warn welcome wind wish withdraw work
    """
)
# What stands before a noun, and numbers, as parts of regular expressions.
DETERMINERS = "an?|all|both|each|every|its|no|the|their|these|this"
FROM_TWO = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|hundreds?|thousands?"
)
# A verb in the past.
PAST = re.compile(
    r"(?:\w+ed|became|began|bought|broke|brought|built|came|chose|cut|drew|drove|fell|found|gave|got|grew|held|kept|knew|led|left"
    r"|lent|lost|made|met|paid|put|ran|rose|said|sank|saw|sent|set|shrank|sold|sought|spent|spoke|spread|stood|struck|taught|thought"
    r"|threw|told|took|went|withdrew|won|wrote)\b"
)
