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
    include increase inform interview introduce investigate invite issue join keep lack launch lead learn leave
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
    accelerate adapt advance alleviate attract award backfill broaden build celebrate chair champion coach
    codify collaborate combat commence conclude connect conserve consolidate contribute cooperate counter
    criminalise curb decarbonise deepen demonstrate detect deter digitise dismantle disrupt disseminate
    diversify double educate electrify elevate eliminate embed empower enable enact enhance ensure equip explore
    facilitate formalise foster fund govern halve harmonise incentivise incorporate initiate install institute
    institutionalise integrate invest legislate liaise mainstream maintain maximise minimise mitigate mobilise
    modernise monitor nurture onboard operationalise optimise outlaw outsource oversee participate phase pool
    preserve prevent prohibit protect ratify rationalise reallocate recognise redevelop reform refresh refurbish
    regularise regulate rehabilitate reinforce reintegrate relocate remediate remove renew repeal replant
    research resolve resource respond restore restrict retain retrofit revitalise roll safeguard scale shortlist
    sponsor standardise streamline subsidise sustain table tackle transition undertake unlock upgrade uphold
    upskill utilise verify
    """
)
# Of these, those that are as often nouns.
ALSO_NOUNS = set_of(
    """
    address advance approach audit award bid brief build call chair champion change chase check close coach
    commission contract counter cover curb design direct double draft draw drop employ escalate extend finish
    fix follow form fund group help hire hold house increase interview invite issue join keep lack launch lead
    leave lift limit link list look make map measure monitor move name need offer open order outline partner
    pay phase pilot place plan pool present print progress propose put raise reach record redesign reform
    refresh release report request research resource resume review roll run scale scope second secure select
    send set share show sign split sponsor staff start stay stop study support survey table take talk target
    tender test track trade train transfer transition trial try turn update upgrade use visit wait want warn
    wish withdraw work
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
