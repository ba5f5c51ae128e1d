"""OSCAL files in, for each what compliance-trestle reads of it out: how many findings, or how many items of the plan."""

import sys
from pathlib import Path

from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.poam import PlanOfActionAndMilestones

for name in sys.argv[1:]:
    path = Path(name)
    if path.read_text(encoding="utf-8").startswith('{\n  "assessment-results"'):
        print(len(AssessmentResults.oscal_read(path).results[0].findings or []))
    else:
        print(len(PlanOfActionAndMilestones.oscal_read(path).poam_items))
