"""Golden cases are asked, judged and gated."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.evaluation.calibration import agreement_json, agreement_text, shift_json, shift_text
    from pipelines.evaluation.drafts import draft
    from pipelines.evaluation.harvest import harvest_questions
    from pipelines.evaluation.judging import calibrate, check_anchors
    from pipelines.evaluation.matrix import read_variants, run_matrix
    from pipelines.evaluation.output import prepare, to_json, to_text, write_reports
    from pipelines.evaluation.review import review_file
    from pipelines.evaluation.run import (
        ACCEPTED,
        EvaluationRequest,
        accept_last,
        case_asker,
        evaluate_cases,
        gate_settings,
        measured,
        runs_folder,
        usable_cases,
    )

__all__ = [
    "ACCEPTED",
    "EvaluationRequest",
    "accept_last",
    "agreement_json",
    "agreement_text",
    "calibrate",
    "case_asker",
    "check_anchors",
    "draft",
    "evaluate_cases",
    "gate_settings",
    "harvest_questions",
    "measured",
    "prepare",
    "read_variants",
    "review_file",
    "run_matrix",
    "runs_folder",
    "shift_json",
    "shift_text",
    "to_json",
    "to_text",
    "usable_cases",
    "write_reports",
]

__getattr__ = face(
    __name__,
    {
        "calibration": ["agreement_json", "agreement_text", "shift_json", "shift_text"],
        "drafts": ["draft"],
        "harvest": ["harvest_questions"],
        "judging": ["calibrate", "check_anchors"],
        "matrix": ["read_variants", "run_matrix"],
        "output": ["prepare", "to_json", "to_text", "write_reports"],
        "review": ["review_file"],
        "run": [
            "ACCEPTED",
            "EvaluationRequest",
            "accept_last",
            "case_asker",
            "evaluate_cases",
            "gate_settings",
            "measured",
            "runs_folder",
            "usable_cases",
        ],
    },
)
