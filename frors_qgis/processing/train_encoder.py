"""The algorithm `frors:train`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from frors_qgis.processing.algorithm import tr
from frors_qgis.processing.labelled_algorithm import LabelledAlgorithm

_KINDS = ("frors", "triplet", "softmax-triplet", "softmax")
_MOST_SEED = 2**31 - 1


class TrainEncoder(LabelledAlgorithm):
    """Trains an encoder on labelled features."""

    ENCODER = "ENCODER"
    EPOCHS = "EPOCHS"
    VALIDATION = "VALIDATION"
    SURROUNDINGS = "SURROUNDINGS"
    START = "START"
    KIND = "KIND"
    SEED = "SEED"
    SETTINGS = "SETTINGS"
    LICENCE = "LICENCE"
    TRAINED = "TRAINED"
    CHECKPOINT = "CHECKPOINT"
    CARD = "CARD"
    IMAGES = "IMAGES"
    LABELS = "LABELS"
    DIMENSION = "DIMENSION"
    SKIPPED = "SKIPPED"
    MAP_10 = "MAP_10"
    MAP_10_BEFORE = "MAP_10_BEFORE"

    def name(self) -> str:
        return "train"

    def displayName(self) -> str:  # noqa: N802
        return tr("Train an encoder on labelled features")

    def tags(self) -> list[str]:
        words = tr(
            "labels,classes,training,fine-tuning,learning,deep learning,encoder,model,checkpoint,metric learning"
        )
        return words.split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Trains an encoder of your own on labelled features, to index and search with")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Trains an encoder to tell the labels of your features apart. It becomes one of your own encoders: give "
            'its id in "Index rasters" to make an archive for it, which the FRORS panel then searches with it, or in '
            '"Evaluate on labelled features". It lies outside the plugin, where updates leave it, with a card beside '
            "it that says how it was made.\n\n"
            "Labelled features: polygons, lines or points, at least two labels and two features of each; labels with "
            "one feature are skipped. A few dozen of each label are a good start. With few features the embeddings get "
            "fewer dimensions, since there must be more features than dimensions; with too few the training is refused "
            "and says how many are needed.\n\n"
            "Rasters: the files that the features lie on, in any CRS. Of every feature a square image is cut out, with "
            "some of what surrounds it.\n\n"
            "Id of the new encoder: letters, digits, - and _.\n\n"
            "Epochs: how often all features are gone through. With 0 only what comes out in closed form is fitted, "
            "which takes seconds to minutes; more epochs gain on these labels and lose on others.\n\n"
            "Share kept apart: of each label, not learnt from. The outputs and the log say how well these find each "
            "other with the new encoder and with the one that it started from. They lie on the same rasters, so "
            'elsewhere it may do less well: measure that with "Evaluate on labelled features" on another area. Figures '
            "on features that were learnt from are never given: they would say nothing.\n\n"
            "Surroundings: shown beyond a feature on each side, in % of its longer side.\n\n"
            "Size of the boxes round points: in metres on the ground. When it is not set, 64 pixels of the raster.\n\n"
            "Everything is computed on this computer, by an NVIDIA or Apple GPU when there is one. Searches go before. "
            "Meanwhile it needs up to 2.5 MB of temporary disk space for each feature. A training that is cancelled "
            "leaves nothing. It needs packages that searching does not (requirements-learning.txt); where they are "
            "missing it says so."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        integer, real = Qgis.ProcessingNumberParameterType.Integer, Qgis.ProcessingNumberParameterType.Double
        self.add_label_parameters()
        self.addParameter(QgsProcessingParameterString(self.ENCODER, tr("Id of the new encoder")))
        self.addParameter(
            QgsProcessingParameterNumber(
                self.EPOCHS,
                tr("Epochs (0: fit in closed form only)"),
                integer,
                defaultValue=8,
                minValue=0,
                maxValue=1000,
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                self.VALIDATION, tr("Share kept apart (%)"), real, defaultValue=20.0, minValue=0.0, maxValue=50.0
            )
        )
        kind = QgsProcessingParameterEnum(
            self.KIND, tr("Kind of encoder"), _KINDS, defaultValue=_KINDS[0], usesStaticStrings=True
        )
        kind.setHelp(tr("Give the kind itself, such as 'frors' (the default), not the options' numbers."))
        for parameter in (
            QgsProcessingParameterNumber(
                self.SURROUNDINGS, tr("Surroundings (%)"), real, defaultValue=15.0, minValue=0.0, maxValue=200.0
            ),
            self.point_size_parameter(),
            QgsProcessingParameterString(self.START, tr("Encoder to start from"), defaultValue="frors", optional=True),
            kind,
            QgsProcessingParameterNumber(
                self.SEED, tr("Seed"), integer, defaultValue=0, minValue=0, maxValue=_MOST_SEED
            ),
            QgsProcessingParameterString(
                self.SETTINGS, tr("More of the recipe (NAME=VALUE, spaces between)"), optional=True
            ),
            QgsProcessingParameterString(self.LICENCE, tr("Licence of the images, for the card"), optional=True),
        ):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        self.addOutput(QgsProcessingOutputString(self.TRAINED, tr("Id of the encoder")))
        self.addOutput(QgsProcessingOutputFile(self.CHECKPOINT, tr("File of the encoder")))
        self.addOutput(QgsProcessingOutputFile(self.CARD, tr("Its card")))
        self.addOutput(QgsProcessingOutputNumber(self.IMAGES, tr("Features learnt from")))
        self.addOutput(QgsProcessingOutputNumber(self.LABELS, tr("Labels")))
        self.addOutput(QgsProcessingOutputNumber(self.DIMENSION, tr("Dimensions of an embedding")))
        self.addOutput(QgsProcessingOutputNumber(self.SKIPPED, tr("Features that were skipped")))
        self.addOutput(QgsProcessingOutputNumber(self.MAP_10, tr("mAP@10 on the features kept apart")))
        self.addOutput(
            QgsProcessingOutputNumber(self.MAP_10_BEFORE, tr("The same with the encoder that it started from"))
        )

    def prepareAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        self._params = self.label_params(parameters, context) | {
            "id": self.parameterAsString(parameters, self.ENCODER, context).strip(),
            "epochs": self.parameterAsInt(parameters, self.EPOCHS, context),
            "validate": self.parameterAsDouble(parameters, self.VALIDATION, context) / 100,
            "surroundings": self.parameterAsDouble(parameters, self.SURROUNDINGS, context) / 100,
            "kind": self.parameterAsEnumString(parameters, self.KIND, context),
            "seed": self.parameterAsInt(parameters, self.SEED, context),
            "settings": self.parameterAsString(parameters, self.SETTINGS, context).split(),
        }
        if start := self.parameterAsString(parameters, self.START, context).strip():
            self._params["start"] = start
        if licence := self.parameterAsString(parameters, self.LICENCE, context).strip():
            self._params["licences"] = [licence]
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        params = self._params | {"features": self.features(feedback)}
        try:
            result = self._ask("train", params, feedback)
        except QgsProcessingException:
            if feedback.isCanceled():
                feedback.pushInfo(tr("Nothing of the training is kept; run this again to begin anew."))
            raise
        self.report_skipped(result, feedback)
        for note in result["notes"]:
            feedback.pushInfo(note)
        learnt = tr("The encoder {encoder} has learnt {labels} labels from {images} features: {path}")
        feedback.pushInfo(
            learnt.format(
                encoder=result["encoder"], labels=result["labels"], images=result["images"], path=result["checkpoint"]
            )
        )
        results: dict[str, Any] = {
            self.TRAINED: result["encoder"],
            self.CHECKPOINT: result["checkpoint"],
            self.CARD: result["card"],
            self.IMAGES: result["images"],
            self.LABELS: result["labels"],
            self.DIMENSION: result["dimension"],
            self.SKIPPED: result["skipped_count"],
        }
        if result["validation"] is not None:
            results[self.MAP_10] = result["validation"]["after"]["mAP@10"]
            results[self.MAP_10_BEFORE] = result["validation"]["before"]["mAP@10"]
        return results
