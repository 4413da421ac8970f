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
    accelerate accredit acquire activate adapt adjust administer advance alleviate allow announce anticipate apportion
    assemble assign assure attach attract augment automate award backfill balance bolster broaden build calculate cancel
    celebrate chair champion clean coach collaborate collate combat commence commit communicate compare
    compensate compile comply conclude configure connect conserve consolidate construct contain contribute convert
    convince cooperate counter criminalise curb debrief decommission deepen defer delegate demolish demonstrate
    deregister detect deter determine devise dismantle disclose discontinue dispatch dispose disrupt disseminate divert do
    double educate elevate eliminate embed empower enable enact encourage endorse enforce enhance enlarge enlist enrol
    ensure equip eradicate erect estimate exclude execute expedite explore extract facilitate fit formulate forward foster
    fulfil fund generate govern grant halve impose incorporate initiate insert
    inspect install institute instruct insure integrate interpret intervene invest lay legislate liaise license
    lodge lower mainstream maintain mediate merge migrate mitigate monitor negate nominate nurture observe obtain
    occupy offset onboard operate outlaw outsource overcome overhaul oversee package participate permit persuade phase
    pool postpone prescribe preserve prevent prohibit proofread prosecute protect prove purchase rank
    reallocate reassess reassure rebalance rebuild recall receive reconcile reconsider reconvene recover redeploy
    redevelop redirect redraft refocus reform refresh refund refurbish register regulate rehabilitate rehearse reimburse
    reinforce reinstate reintegrate reissue reject relocate remediate remedy remind remove renew renegotiate reorganise
    repair repay repeal repeat replan replant represent repurpose rescope research reserve reset reshape resolve resource
    respond restore restrict restructure resubmit retain retender retest retrain retrieve retrofit return reuse reverse
    revisit revoke roll rotate safeguard sample save say scale scan score screen seize sell separate serve ship shortlist
    simulate solve sponsor station stimulate store streamline subcontract submit substitute suggest supervise supply
    suspend sustain swap switch table tackle tailor telephone terminate tighten trace transcribe transform transition
    transmit transport treat triage trigger trim underpin undertake unite unlock upgrade uphold upload upskill urge
    vaccinate validate vary verify waive weigh welcome wind withhold
    certify codify decarbonise digitise diversify electrify formalise harmonise incentivise institutionalise intensify
    maximise minimise mobilise modernise notify operationalise optimise quantify ratify rationalise recognise regularise
    revitalise specify stabilise standardise subsidise summarise unify utilise
    """
)
# Of these, those that are as often nouns.
ALSO_NOUNS = set_of(
    """
    address advance approach audit award balance bid brief build call chair champion change charge chase check
    close coach commission contract counter cover curb design direct double draft draw drop employ escalate
    estimate extend field finish fix follow form forward fund grant group help hire hold house increase
    interview invite issue join keep lack launch lead leave license lift limit link list look lower make map
    measure monitor move name need offer offset open order outline overhaul package partner pay permit phase pilot place plan
    pool present print progress progressing propose purchase put raise rank reach recall record redesign reform refresh
    refund register release remedy repair report request research reserve resource resume return reuse reverse
    review roll run sample save scale scan scope score screen second secure select send set share ship show sign
    speed split sponsor staff start station stay stop store study supply support survey swap switch table take
    talk target telephone tender test trace track trade train transfer transition transport treat trial trigger trim try
    turn update upgrade use visit wait waive want warn welcome wind wish withdraw work
    """
)
# Words that are no verbs, and after which "the" or "a" may follow: "about the", "half the".
NO_VERBS = set_of(
    """
    about above across after again against ahead all almost along already also although always am among an and another any
    are around as at away back be because been before behind being below beside between beyond both but by can case cases
    concerning could day days despite double down due during each either else enough even ever every except few first for
    from further had half has have here how however if in including inside instead into is it item its just last least
    less level like made many may maybe meanwhile milestone minus more most much must near neither never next no nobody
    none nor not nothing now of off often on once one only onto or other our out outside over owing part past pending per
    perhaps phase plus quite rather regarding seldom several shall she should since so some soon stage step still such
    than that the their them then there these they this those though through throughout till times to today together
    too toward towards tranche twice under unless unlike until up upon via was we well were what when where whereas
    whether which while who whole whom whose why will with within without worth would yesterday yet you your
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
    r"|lent|lost|made|met|paid|put|ran|read|rose|said|sank|saw|sent|set|shrank|sold|sought|spent|spoke|spread|stood|struck|taught|thought"
    r"|threw|told|took|went|withdrew|won|wrote)\b"
)
