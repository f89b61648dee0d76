"""Has a layer of matches follow marks and rankings, without touching what the user has made of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from qgis.core import NULL, QgsFeature, QgsFeatureRequest, QgsFeatureSink, QgsVectorLayer

from frors_qgis.shell.result_file import FinishedQuery, match_feature, match_fields, verdict_label
from frors_qgis.shell.result_style import grade

Verdicts = Mapping[int, bool]
_NEEDED = ("rank", "score", "label", "chip", "query_id")


def label_layer(layer: QgsVectorLayer, query_id: str, verdicts: Verdicts, before: Verdicts) -> bool:
    """Writes the verdicts that have changed since `before` into a query's layer; False where that cannot be done.

    A label that the user has written herself stays, also when she marks that match. Not for a layer in edit mode.
    """
    changed = {chip for chip in {*verdicts, *before} if verdicts.get(chip) != before.get(chip)}
    if not changed:
        return True
    if not _is_ours(layer):
        return False
    label = layer.fields().indexOf("label")
    changes = {}
    request = QgsFeatureRequest().setFilterExpression(f"chip in ({','.join(map(str, sorted(changed)))})")
    for feature in layer.getFeatures(request):
        chip = feature["chip"]
        now = None if _is_empty(feature["label"]) else str(feature["label"])
        ours = (None, *map(verdict_label, (True, False))) if chip in verdicts else (verdict_label(before.get(chip)),)
        if feature["query_id"] == query_id and now in ours:
            changes[feature.id()] = {label: verdict_label(verdicts.get(chip))}
    return not changes or bool(layer.dataProvider().changeAttributeValues(changes))


def rank_layer(layer: QgsVectorLayer, query: FinishedQuery, verdicts: Verdicts) -> Generator[None, None, bool]:
    """Has a layer follow another ranking of the same query, one step for each `next`; returns False where it cannot.

    Only features of this query that hold nothing of the user's are deleted: no label, no note, nothing in fields that
    she has added. Others that are found no more lose rank and score, and are drawn only while they are marked. Not for
    a layer in edit mode.
    """
    if not _is_ours(layer):
        return False
    fields = layer.fields()
    rank, score = fields.indexOf("rank"), fields.indexOf("score")
    own = [feature for feature in layer.getFeatures() if feature["query_id"] == query.id and feature["chip"] != NULL]
    known = {feature["chip"]: feature for feature in own}
    yield
    matches = {match.chip: match for match in query.matches}
    changes: dict[int, dict[int, object]] = {}
    gone = []
    for feature in own:
        match = matches.get(feature["chip"])
        if match is not None:
            changes[feature.id()] = {rank: match.rank, score: match.score}
        elif _holds_something(feature):
            changes[feature.id()] = {rank: None, score: None}
        else:
            gone.append(feature.id())
    done = not changes or layer.dataProvider().changeAttributeValues(changes)
    yield
    done = (not gone or layer.dataProvider().deleteFeatures(gone)) and done
    yield
    new = [
        match_feature(fields, query, match, verdicts.get(match.chip))
        for match in query.matches
        if match.chip not in known
    ]
    added, _ = layer.dataProvider().addFeatures(new, QgsFeatureSink.Flag.FastInsert) if new else (True, [])
    yield
    grade(layer, query.matches)
    layer.updateExtents()
    layer.reload()
    return bool(done and added)


def _is_ours(layer: QgsVectorLayer) -> bool:
    """Whether the layer still has the fields that it is kept up to date by."""
    names = layer.fields().names()
    return all(name in names for name in _NEEDED)


def _holds_something(feature: QgsFeature) -> bool:
    """Whether the user has written something into a feature."""
    ours = set(match_fields().names()) - {"label", "note"} | {"fid"}
    return any(not _is_empty(feature[name]) for name in feature.fields().names() if name not in ours)


def _is_empty(value: object) -> bool:
    return value is None or value == NULL or not str(value).strip()
