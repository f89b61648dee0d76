"""The part of the indexing dialog that names a cluster."""

from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsFileWidget
from qgis.PyQt.QtWidgets import QFormLayout, QLineEdit

from frors_qgis.shell.translation import tr


class ClusterBox(QgsCollapsibleGroupBoxBasic):
    """A scheduler's address, and the folder that its workers share; open where there is an address."""

    def __init__(self, address: str, parts: str) -> None:
        super().__init__(tr("Advanced: encode on a cluster"))
        self.setWhatsThis(
            tr(
                "Workers of a Dask cluster that your site runs encode the rasters, which they must see under the same "
                "paths. Trust them: they and this computer run what the others send them."
            )
        )
        self._address = QLineEdit(address)
        self._address.setPlaceholderText("tcp://10.0.0.1:8786")
        self._address.setToolTip(tr("Of its Dask scheduler, tcp:// or tls://; empty: this computer encodes"))
        self._parts = QgsFileWidget()
        self._parts.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self._parts.setDialogTitle(tr("Folder that all computers share"))
        self._parts.lineEdit().setPlaceholderText(tr("beside the archive"))
        self._parts.setToolTip(tr("Where the workers leave what they have encoded, until it is in the archive"))
        self._parts.setFilePath(parts)
        form = QFormLayout(self)
        form.addRow(tr("Address"), self._address)
        form.addRow(tr("Shared folder"), self._parts)
        self.setCollapsed(not address)

    def address(self) -> str:
        """The scheduler's address; empty for no cluster."""
        return self._address.text().strip()

    def parts(self) -> str:
        """The shared folder; empty for beside the archive."""
        return self._parts.filePath().strip()
