"""Templates of the features of statements: facts that count together, a line each; see `facts` for what they are."""

from transforms.quotes.model.features import templates

CUE_TEMPLATES = templates("""
one
w
w k
k
w w+1
w w-1
w w-1 w+1
k k-1 k+1
k-1 k+1
k-1 k-2 k
k+1 k+2 k
w k+1 k+2
w k-1 k-2
w k-1 k+1
w+1
w-1
w+1 w+2
w-1 w-2
w+2 w
w-2 w
f
f w
ending
ending k+1
ending k
subject subject_kind
subject w
subject_kind w
subject_kind k
subject_kind k k-1 k+1
subject_distance k
subject_distance w
subject
subject_ending
subject_ending k
from_cue w
to_cue w
place k
from_cue k+1
line k
line w
all_cues k
all_cues w
has_quoted w
has_quoted k
around
following
following w
preceding k
next_verb next_verb_nouns w
next_verb next_verb_nouns k
next_verb_word w
next_verb_word k
next_verb_nouns next_verb_ending k+1
next_verb_distance next_verb_nouns k
last_verb last_verb_nouns k
last_verb last_verb_nouns w
last_verb_word w
pauses_after pauses_before k
pauses_before w
pauses_after w
next_pause after_pause k
next_pause after_pause w
that w
that k
verbs_before verbs_after k
verbs_before verbs_after w
capital w
capital k
""")
"""Whether a word reports."""

LABEL_TEMPLATES = templates("""
one
side k
side distance
side w
side cue
distance cue
k
w
side k k-1
side k k+1
side k-1 k k+1
side w w-1
side w w+1
side k+1 k+2
side k-1 k-2
side w k+1
side w k-1
side f
side ending k
outline
outline_nouns
outline cue
outline k
segment cue
segment ck
segment k
segment ck k
segment ck+1 ck
segment ck-1 ck
by_subject
by_subject k
by_subject ck
by_subject cue
by_subject ck+1
inverted ck-1
inverted cue
inverted k ck-1
fine side ck
fine side cue
coarse side ck
coarse side k ck
skeleton side ck
skeleton side k
ck+1 side cue
ck+1 side ck
ck+1 distance ck
ck-1 side ck
ck-1 distance ck
cw+1 side ck
cw-1 side ck
place side
place segment
place cue side
place by_subject
to_end side k
from_start side k
to_end segment ck
from_start segment ck
pauses verbs ck
pauses verbs to_end
pauses nouns ck
verbs openers joins
verbs joins k
cues verbs ck
cues w
cues k ck
quoted side ck
quoted has_quoted to_end
line side ck
line outline
verbs_before verbs_after side ck
verbs_after pauses side ck
verbs_before pauses side ck
all_cues cues ck
cf cue side
cf segment
capital side from_start
w distance
w cue
k cue
k cue distance
around segment
around side k
following segment
preceding segment
around segment k
next_verb next_verb_nouns side
next_verb next_verb_nouns k side
next_verb_word side
next_verb_word k side
next_verb_ending k side
next_verb_nouns next_verb k k+1
last_verb last_verb_nouns k side
last_verb_word k side
last_verb_word side
last_verb last_verb_nouns next_verb next_verb_nouns side
pauses_after pauses_before side ck
pauses_after side k
pauses_before side k
next_pause after_pause side
next_pause after_pause k
pause_before_cue side k
side w-1 w w+1
side w k+1 k+2
side k-2 k-1 w
next_is_cue k side
next_is_cue next_verb_nouns side
cue w side
cue w+1 side
by_subject next_verb next_verb_nouns
by_subject segment
by_subject w
by_subject outline
""")
"""What a phrase is to a cue."""

STEP_TEMPLATES = templates("""
one
side k-1 k
segment
k-1 k
side w-1
side w
side w-1 w
side distance
side k ck
side k-1 ck
by_subject
side cue
k-1 k k+1
k-1 k-2 k
side k-1 k place
f side k-1
pauses verbs k-1
cues k-1 k
ck+1 side distance
verbs_after side k-1
next_verb next_verb_nouns k side
next_verb next_verb_nouns w side
next_verb_word k side
next_verb_first k side
next_verb_ending cue_ending k side
next_verb_distance next_verb_nouns k side
last_verb last_verb_nouns k side
last_verb_word k side
pauses_after pauses_before k side
around side k
around segment
next_pause after_pause k side
next_pause after_pause w side
w k+1 k+2 side
w k+1 next_verb next_verb_nouns side
pause_before_cue k side
by_subject k k+1
w next_verb_ending cue_ending side
line k side
cue w side
""")
"""Whether what phrases are to it changes from one to the next."""
