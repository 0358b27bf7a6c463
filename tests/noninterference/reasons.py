"""Why an observer may know: the row or column of table F by which an edit shows to them."""

from typing import Final

OWN: Final = "own act: the owner's column"
COLLEAGUE: Final = "own act: the reader is the unit"
ADDRESSED: Final = "addressed to it: the addressee's column"
OWN_GRANT: Final = "who else takes part: own grants"
RECEIVED: Final = "disclosed to it: the receiver's column"
LEADS: Final = "record, participation: the coordinator's column"
AUDITS: Final = "the agency's auditor sees the acts of its units"
LOOKS: Final = "looks: an auditor sees what was looked at by whom, and in which order"
AUDITS_ALL: Final = "a regional auditor sees all records and looks"
DISPOSED: Final = "addressed to it, and disposed of by its owner"
MARK: Final = "first row: that it exists, for who takes part"

SENT: Final = "sent to it: what an act carries"
PARTY: Final = "a party of the meeting"
INVITED: Final = "R2: time, mode and status to the invited"

OF_CENTRE: Final = {"coordinator": OWN, "adviser": COLLEAGUE}
OF_OWNER: Final = {"owner": OWN, "coordinator": LEADS, "agencys_auditor": AUDITS, "regional_auditor": AUDITS_ALL}
OF_CLINIC: Final = {"siblings_participant": OWN, "coordinator": LEADS, "regional_auditor": AUDITS_ALL}
REGION: Final = {"regional_auditor": AUDITS_ALL}
OF_LEADS: Final = {**OF_CENTRE, "owner": OWN}
"""Of the meeting: who asked for it, and who coordinates it."""
OF_PARTIES: Final = {**OF_LEADS, "receiver": PARTY, "other_unit": PARTY}
