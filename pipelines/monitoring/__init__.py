"""The log is imported, labelled, probed and reported on."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.monitoring.alerts import send_test, told_of
    from pipelines.monitoring.baseline import baseline_text, describe
    from pipelines.monitoring.canaries import draft_canaries, probe, probe_json, probe_text, probed_told
    from pipelines.monitoring.compare import compare_files
    from pipelines.monitoring.drift_report import ReportedWindows, pin_baseline, report, write_outputs
    from pipelines.monitoring.drill import drill_json, drill_text, run_drill
    from pipelines.monitoring.forget import cutoff, sweep, sweep_json, sweep_text
    from pipelines.monitoring.interactions import exported, import_file, import_json, import_text, refused_lines
    from pipelines.monitoring.label import SamplingFrame, begin, choose, drop, exported_round, import_labels, progress
    from pipelines.monitoring.label_judge import carry_out, cost_text, plan
    from pipelines.monitoring.label_queue import label_round
    from pipelines.monitoring.replay import ReplaySettings, explain, shares_json, shares_text

__all__ = [
    "ReplaySettings",
    "ReportedWindows",
    "SamplingFrame",
    "baseline_text",
    "begin",
    "carry_out",
    "choose",
    "compare_files",
    "cost_text",
    "cutoff",
    "describe",
    "draft_canaries",
    "drill_json",
    "drill_text",
    "drop",
    "explain",
    "exported",
    "exported_round",
    "import_file",
    "import_json",
    "import_labels",
    "import_text",
    "label_round",
    "pin_baseline",
    "plan",
    "probe",
    "probe_json",
    "probe_text",
    "probed_told",
    "progress",
    "refused_lines",
    "report",
    "run_drill",
    "send_test",
    "shares_json",
    "shares_text",
    "sweep",
    "sweep_json",
    "sweep_text",
    "told_of",
    "write_outputs",
]

__getattr__ = face(
    __name__,
    {
        "alerts": ["send_test", "told_of"],
        "baseline": ["baseline_text", "describe"],
        "canaries": ["draft_canaries", "probe", "probe_json", "probe_text", "probed_told"],
        "compare": ["compare_files"],
        "drift_report": ["ReportedWindows", "pin_baseline", "report", "write_outputs"],
        "drill": ["drill_json", "drill_text", "run_drill"],
        "forget": ["cutoff", "sweep", "sweep_json", "sweep_text"],
        "interactions": ["exported", "import_file", "import_json", "import_text", "refused_lines"],
        "label": ["SamplingFrame", "begin", "choose", "drop", "exported_round", "import_labels", "progress"],
        "label_judge": ["carry_out", "cost_text", "plan"],
        "label_queue": ["label_round"],
        "replay": ["ReplaySettings", "explain", "shares_json", "shares_text"],
    },
)
