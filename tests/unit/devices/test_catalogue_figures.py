"""The catalogue holds the published figures with their sources, and leaves the rest blank."""

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from thecal.devices import (
    Catheter,
    MriBehaviour,
    Note,
    Pump,
    PumpKind,
    UnknownDeviceError,
    catheter,
    catheters,
    pump,
    pumps,
)
from thecal.units import Figure, Provenance

PUMPS = {
    "synchromed-ii-20",
    "synchromed-ii-40",
    "prometra-ii-20",
    "prometra-ii-40",
    "medstream-20",
    "medstream-40",
    "codman-3000-16",
    "codman-3000-30",
    "codman-3000-50",
    "cadd-solis",
    "cadd-prizm",
}
CATHETERS = {
    "ascenda-8780",
    "ascenda-8781",
    "indura-8709",
    "indura-8711",
    "indura-8731",
    "flowonix-13827",
    "trial",
}
SYNCHROMED = ["synchromed-ii-20", "synchromed-ii-40"]
PROMETRA = ["prometra-ii-20", "prometra-ii-40"]
MEDSTREAM = ["medstream-20", "medstream-40"]
CODMAN = ["codman-3000-16", "codman-3000-30", "codman-3000-50"]


def figures_of(device: Pump | Catheter) -> dict[str, Figure]:
    return {name: value for name, value in device if isinstance(value, Figure)}


def all_figures() -> list[tuple[str, Figure]]:
    devices: list[Pump | Catheter] = [*pumps().values(), *catheters().values()]
    return [
        (f"{one.key}.{name}", value) for one in devices for name, value in figures_of(one).items()
    ]


def all_notes() -> list[Note]:
    several = [note for one in pumps().values() for note in one.notes]
    several += [note for one in catheters().values() for note in one.notes]
    single = [note for one in pumps().values() for note in (one.drive, one.mri_note) if note]
    return several + single


def test_every_key_of_the_design_is_there_and_no_other() -> None:
    assert set(pumps()) == PUMPS
    assert set(catheters()) == CATHETERS


@pytest.mark.parametrize(("name", "figure"), all_figures(), ids=str)
def test_every_figure_names_a_public_source(name: str, figure: Figure) -> None:
    assert figure.source.strip(), name
    assert "shared" not in figure.source
    assert ".md" not in figure.source
    assert figure.provenance is not Provenance.ASSUMED


def test_every_note_has_text_source_and_provenance() -> None:
    assert all_notes()
    for note in all_notes():
        assert note.text.strip()
        assert note.source.strip()
        assert note.provenance in Provenance


def test_rates_tubing_and_demand_doses_are_in_order() -> None:
    for one in pumps().values():
        pairs = [
            (one.minimum_rate_mode, one.lowest_rate),
            (one.lowest_rate, one.highest_rate),
            (one.rate_step, one.highest_rate),
            (one.demand_dose_step, one.highest_demand_dose),
            (one.internal_tubing, one.superseded_internal_tubing),
            (one.not_aspirable, one.alarm_volume),
            (one.alarm_volume, one.reservoir),
            (one.refill_end_volume, one.reservoir),
            (one.replacement_notice, one.service_life),
            (one.critical_alarm_repeat, one.noncritical_alarm_repeat),
        ]
        for low, high in pairs:
            assert low is None or high is None or low.value <= high.value, one.key


EXPECTED = [
    (SYNCHROMED, "not_aspirable", "1.4", "recalled"),
    (SYNCHROMED, "lowest_rate", "0.048", "recalled"),
    (SYNCHROMED, "highest_rate", "24", "recalled"),
    (SYNCHROMED, "minimum_rate_mode", "0.006", "recalled"),
    (SYNCHROMED, "accuracy_above_percent", "14.5", "recalled"),
    (SYNCHROMED, "accuracy_below_percent", "14.5", "recalled"),
    (SYNCHROMED, "internal_tubing", "0.14", "found"),
    (SYNCHROMED, "superseded_internal_tubing", "0.199", "found"),
    (SYNCHROMED, "alarm_volume", "2", "found"),
    (SYNCHROMED, "service_life", "2556.75", "found"),
    (SYNCHROMED, "replacement_notice", "90", "found"),
    (SYNCHROMED, "noncritical_alarm_repeat", "3600", "recalled"),
    (SYNCHROMED, "critical_alarm_repeat", "600", "recalled"),
    (SYNCHROMED, "stopped_alarm_after", "172800", "recalled"),
    (["synchromed-ii-20"], "reservoir", "20", "found"),
    (["synchromed-ii-40"], "reservoir", "40", "found"),
    (["prometra-ii-20"], "reservoir", "20", "found"),
    (["prometra-ii-40"], "reservoir", "40", "found"),
    (PROMETRA, "lowest_rate", "0", "recalled"),
    (PROMETRA, "highest_rate", "28.8", "recalled"),
    (PROMETRA, "refill_end_volume", "3", "found"),
    (PROMETRA, "service_life", "3652.5", "recalled"),
    (PROMETRA, "mri_discharge", "0.01", "found"),
    (["medstream-20"], "reservoir", "20", "recalled-weak"),
    (["medstream-40"], "reservoir", "40", "recalled-weak"),
    (MEDSTREAM, "lowest_rate", "0.1", "recalled-weak"),
    (MEDSTREAM, "highest_rate", "4", "recalled-weak"),
    (MEDSTREAM, "accuracy_above_percent", "10", "found"),
    (MEDSTREAM, "accuracy_below_percent", "10", "found"),
    (MEDSTREAM, "service_life", "2922", "found"),
    (["codman-3000-16"], "reservoir", "16", "recalled"),
    (["codman-3000-30"], "reservoir", "30", "recalled"),
    (["codman-3000-50"], "reservoir", "50", "recalled"),
    (["cadd-solis"], "accuracy_above_percent", "6", "found"),
    (["cadd-solis"], "accuracy_below_percent", "6", "found"),
    (["cadd-solis"], "accuracy_tested_at", "240", "found"),
    (["cadd-prizm"], "lowest_rate", "2.4", "found"),
    (["cadd-prizm"], "highest_rate", "720", "found"),
    (["cadd-prizm"], "rate_step", "2.4", "found"),
    (["cadd-prizm"], "demand_dose_step", "0.05", "found"),
    (["cadd-prizm"], "highest_demand_dose", "9.9", "found"),
]


@pytest.mark.parametrize(("keys", "name", "value", "provenance"), EXPECTED)
def test_a_pump_figure_is_the_published_one(
    keys: list[str], name: str, value: str, provenance: str
) -> None:
    for key in keys:
        figure = getattr(pump(key), name)
        assert figure.value == Fraction(value)
        assert figure.provenance == provenance


def test_every_pump_figure_is_in_the_table_above_and_every_other_is_blank() -> None:
    expected = {(key, name) for keys, name, _, _ in EXPECTED for key in keys}
    present = {(one.key, name) for one in pumps().values() for name in figures_of(one)}
    assert present == expected


@pytest.mark.parametrize("key", sorted(PUMPS - set(SYNCHROMED)))
def test_only_the_pump_with_a_published_tubing_volume_has_one(key: str) -> None:
    assert pump(key).internal_tubing is None
    assert pump(key).superseded_internal_tubing is None


@pytest.mark.parametrize("key", PROMETRA)
def test_a_mean_of_a_study_is_not_a_bound(key: str) -> None:
    assert pump(key).accuracy_above_percent is None
    assert pump(key).accuracy_below_percent is None
    assert any("97.1 %" in note.text and note.source == "PMID 23057877" for note in pump(key).notes)


@pytest.mark.parametrize(
    ("keys", "family", "kind", "mri"),
    [
        (SYNCHROMED, "synchromed", PumpKind.PROGRAMMABLE, MriBehaviour.ROTOR_STALL),
        (PROMETRA, "prometra", PumpKind.PROGRAMMABLE, MriBehaviour.MUST_BE_EMPTY),
        (MEDSTREAM, "medstream", PumpKind.PROGRAMMABLE, MriBehaviour.UNKNOWN),
        (CODMAN, "codman", PumpKind.FIXED_RATE, MriBehaviour.UNKNOWN),
        (["cadd-solis", "cadd-prizm"], "cadd", PumpKind.EXTERNAL, MriBehaviour.UNKNOWN),
    ],
)
def test_a_pump_belongs_to_its_family(
    keys: list[str], family: str, kind: PumpKind, mri: MriBehaviour
) -> None:
    for key in keys:
        assert (pump(key).family, pump(key).kind, pump(key).mri) == (family, kind, mri)


@pytest.mark.parametrize(
    ("key", "dead_ml_per_cm", "provenance", "families"),
    [
        ("ascenda-8780", "0.0022", "recalled", ("synchromed",)),
        ("ascenda-8781", "0.0022", "recalled", ("synchromed",)),
        ("indura-8709", "0.0022", "recalled", ("synchromed",)),
        ("indura-8711", "0.0022", "recalled", ("synchromed",)),
        ("indura-8731", "0.0022", "recalled", ("synchromed",)),
        ("flowonix-13827", "0.0026", "found", ("prometra",)),
    ],
)
def test_a_catheter_has_its_published_dead_volume(
    key: str, dead_ml_per_cm: str, provenance: str, families: tuple[str, ...]
) -> None:
    dead = catheter(key).dead_volume
    assert dead is not None
    assert (dead.value, dead.provenance) == (Fraction(dead_ml_per_cm), provenance)
    assert catheter(key).families == families


def test_only_the_flowonix_set_has_a_supplied_length() -> None:
    lengths = {key: one.supplied_length for key, one in catheters().items() if one.supplied_length}
    assert set(lengths) == {"flowonix-13827"}
    assert lengths["flowonix-13827"].value == 110


def test_nothing_is_known_of_a_trial_catheter() -> None:
    assert figures_of(catheter("trial")) == {}
    assert catheter("trial").families == ("cadd",)


def test_catheters_are_made_for_families_that_exist() -> None:
    families = {one.family for one in pumps().values()}
    assert all(families.issuperset(one.families) for one in catheters().values())


def test_an_unknown_key_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownDeviceError, match=r"unknown pump 'pump-9000'.*synchromed-ii-20"):
        pump("pump-9000")
    with pytest.raises(UnknownDeviceError, match=r"unknown catheter 'tube'.*ascenda-8780"):
        catheter("tube")


@pytest.mark.parametrize("model", [Pump, Catheter])
def test_an_unknown_entry_in_the_file_is_refused(model: type[Any]) -> None:
    base = {"key": "x", "name": "x", "maker": "x", "family": "x", "kind": "external"}
    fields = {name: value for name, value in base.items() if name in model.model_fields}
    model(**fields)
    with pytest.raises(ValidationError, match="colour"):
        model(**fields, colour="blue")
