<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>frors</name>
  <message>
   <source>Index project rasters...</source>
   <translation>Raster des Projekts indizieren...</translation>
  </message>
  <message>
   <source>Brings rasters of this project into an archive, so that what looks alike in them can be found.</source>
   <translation>Bringt Raster dieses Projekts in ein Archiv, damit sich darin finden lässt, was sich ähnlich sieht.</translation>
  </message>
  <message>
   <source>Search by box</source>
   <translation>Mit Rahmen suchen</translation>
  </message>
  <message>
   <source>Draw box</source>
   <translation>Rahmen ziehen</translation>
  </message>
  <message>
   <source>Search by box: draw a box and find what looks like it. With Shift a box or a click on a match is a right example for the query that is shown, with Ctrl a wrong one; a mere click on a match offers its menu.</source>
   <translation>Mit Rahmen suchen: einen Rahmen ziehen und finden, was so aussieht. Mit Umschalt ist ein Rahmen oder ein Klick auf einen Treffer ein richtiges Beispiel für die gezeigte Anfrage, mit Strg ein falsches; ein bloßer Klick auf einen Treffer bietet sein Menü.</translation>
  </message>
  <message>
   <source>Copy a report of FRORS for support</source>
   <translation>Bericht über FRORS für den Support kopieren</translation>
  </message>
  <message>
   <source>Puts versions, device, archive and the end of the log on the clipboard, without names of your folders.</source>
   <translation>Legt Versionen, Gerät, Archiv und das Ende des Protokolls in die Zwischenablage, ohne Namen Ihrer Ordner.</translation>
  </message>
  <message>
   <source>FRORS panel</source>
   <translation>FRORS-Bedienfeld</translation>
  </message>
  <message>
   <source>Shows or hides the panel with the archive, the query and its matches.</source>
   <translation>Zeigt oder verbirgt das Bedienfeld mit dem Archiv, der Anfrage und ihren Treffern.</translation>
  </message>
  <message>
   <source>FRORS</source>
   <translation>FRORS</translation>
  </message>
  <message>
   <source>Restart the FRORS engine</source>
   <translation>Die FRORS-Engine neu starten</translation>
  </message>
  <message>
   <source>The engine takes the new settings when indexing has ended.</source>
   <translation>Die Engine übernimmt die neuen Einstellungen, wenn das Indizieren beendet ist.</translation>
  </message>
  <message>
   <source>All files (*)</source>
   <translation>Alle Dateien (*)</translation>
  </message>
  <message>
   <source>Cancelled.</source>
   <translation>Abgebrochen.</translation>
  </message>
  <message>
   <source>{message}, about {minutes} min left</source>
   <translation>{message}, noch etwa {minutes} min</translation>
  </message>
  <message>
   <source>{message}, about {seconds} s left</source>
   <translation>{message}, noch etwa {seconds} s</translation>
  </message>
  <message>
   <source>FRORS archives (*{suffix})</source>
   <translation>FRORS-Archive (*{suffix})</translation>
  </message>
  <message>
   <source>Archive information</source>
   <translation>Angaben zum Archiv</translation>
  </message>
  <message>
   <source>Archive</source>
   <translation>Archiv</translation>
  </message>
  <message>
   <source>Tells what an archive holds: rasters, chips, levels and the encoder that made it</source>
   <translation>Sagt, was ein Archiv enthält: Raster, Chips, Stufen und den Encoder, der es gemacht hat</translation>
  </message>
  <message>
   <source>Tells what an archive holds.

The outputs are the numbers of its chips, of its rasters and of those whose files are missing, and the encoder that made it. The report, a page of HTML, lists levels and rasters with their states; chips whose raster is missing can still be found, but have no pictures.</source>
   <translation>Sagt, was ein Archiv enthält.

Ausgegeben werden die Anzahl seiner Chips, seiner Raster und derer, deren Dateien fehlen, und der Encoder, der es gemacht hat. Der Bericht, eine HTML-Seite, führt Stufen und Raster mit ihrem Zustand auf; Chips, deren Raster fehlt, werden weiterhin gefunden, haben aber keine Bilder.</translation>
  </message>
  <message>
   <source>archive,chips,rasters,levels,encoder,report</source>
   <translation>Archiv,Chips,Raster,Stufen,Encoder,Bericht</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <source>HTML files (*.html)</source>
   <translation>HTML-Dateien (*.html)</translation>
  </message>
  <message>
   <source>Chips</source>
   <translation>Chips</translation>
  </message>
  <message>
   <source>Rasters</source>
   <translation>Raster</translation>
  </message>
  <message>
   <source>Missing rasters</source>
   <translation>Fehlende Raster</translation>
  </message>
  <message>
   <source>Encoder</source>
   <translation>Encoder</translation>
  </message>
  <message>
   <source>{chips} chips of {rasters} rasters, {missing} of them missing; encoder {encoder}</source>
   <translation>{chips} Chips aus {rasters} Rastern, von denen {missing} fehlen; Encoder {encoder}</translation>
  </message>
  <message>
   <source>GSD (m)</source>
   <translation>GSD (m)</translation>
  </message>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Ground size (m)</source>
   <translation>Größe am Boden (m)</translation>
  </message>
  <message>
   <source>Raster</source>
   <translation>Raster</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Zustand</translation>
  </message>
  <message>
   <source>Acquired</source>
   <translation>Aufgenommen</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>Grund</translation>
  </message>
  <message>
   <source>Evaluate on labelled features</source>
   <translation>Mit benannten Objekten prüfen</translation>
  </message>
  <message>
   <source>labels,classes,accuracy,retrieval,precision,mean average precision,mAP,confusion,encoder,report</source>
   <translation>Bezeichnungen,Klassen,Genauigkeit,Bildsuche,Precision,Mean Average Precision,mAP,Verwechslung,Encoder,Bericht</translation>
  </message>
  <message>
   <source>Measures how well an encoder finds features of the same label, as it would in a search</source>
   <translation>Misst, wie gut ein Encoder Objekte derselben Bezeichnung findet, so wie eine Suche es täte</translation>
  </message>
  <message>
   <source>Measures how well searches of your own imagery would go: every labelled feature is searched once among all others, and a match is right if it has the same label.

Labelled features: polygons, lines or points; the box round each is read as a query box is. With selected features only, these take part. At least two features of a label are needed, and figures on fewer than five are left to chance; ten or more of each are a good start. At most 10,000 features.

Field with the labels: the class of each feature, not a number that is different for each.

Rasters: the files that the features lie on, in any CRS. Where several show a feature, the one that shows most of it is read.

Archive: boxes are read and encoded as for a search of it, by its encoder. Without an archive they are read at the raster's own pixel size.

Encoder: another encoder than the archive's, by its id: frors, or one that you have trained.

Size of the boxes round points: in metres on the ground. When it is not set, 64 pixels of the raster.

Features without a label, beside the rasters or under 8 pixels are reported and skipped.

The report, a page of HTML, has the figures, those of each label, what is taken for what, warnings and the protocol. The outputs hold the main figures; one at a rank, such as MAP_50, is missing where there are not so many other features. Figures on features that an encoder was trained on say nothing about others: evaluate on a part of the layer, or an area, that it has not seen.</source>
   <translation>Misst, wie gut Suchen auf Ihren eigenen Bildern gelingen würden: jedes benannte Objekt wird einmal unter allen anderen gesucht, und ein Treffer ist richtig, wenn er dieselbe Bezeichnung hat.

Benannte Objekte: Polygone, Linien oder Punkte; der Rahmen um jedes wird wie der einer Anfrage gelesen. Bei "Nur gewählte Objekte" nehmen nur diese teil. Mindestens zwei Objekte einer Bezeichnung werden gebraucht, und Werte für weniger als fünf sind dem Zufall überlassen; zehn und mehr von jeder sind ein guter Anfang. Höchstens 10.000 Objekte.

Feld mit den Bezeichnungen: die Klasse jedes Objekts, keine Nummer, die bei jedem anders ist.

Raster: die Dateien, auf denen die Objekte liegen, in beliebigem KBS. Wo mehrere ein Objekt zeigen, wird das gelesen, das am meisten davon zeigt.

Archiv: Rahmen werden wie für eine Suche darin gelesen und von seinem Encoder kodiert. Ohne Archiv werden sie in der Pixelgröße des Rasters gelesen.

Encoder: ein anderer als der des Archivs, mit seiner Kennung: frors oder einer, den Sie trainiert haben.

Größe der Rahmen um Punkte: in Metern am Boden. Ist sie nicht angegeben, 64 Pixel des Rasters.

Objekte ohne Bezeichnung, neben den Rastern oder unter 8 Pixeln werden gemeldet und übergangen.

Der Bericht, eine HTML-Seite, enthält die Werte, die jeder Bezeichnung, was wofür gehalten wird, Warnungen und das Protokoll. Ausgegeben werden die wichtigsten Werte; einer bei einem Rang, etwa MAP_50, fehlt, wo es nicht so viele andere Objekte gibt. Werte für Objekte, mit denen ein Encoder trainiert wurde, sagen nichts über andere: prüfen Sie ihn auf einem Teil des Layers oder einem Gebiet, das er nicht gesehen hat.</translation>
  </message>
  <message>
   <source>Features that were searched</source>
   <translation>Gesuchte Objekte</translation>
  </message>
  <message>
   <source>Labels</source>
   <translation>Bezeichnungen</translation>
  </message>
  <message>
   <source>Features that were skipped</source>
   <translation>Übergangene Objekte</translation>
  </message>
  <message>
   <source>Encoder that was used</source>
   <translation>Benutzter Encoder</translation>
  </message>
  <message>
   <source>The report {path} cannot be written: {reason}.</source>
   <translation>Der Bericht {path} kann nicht geschrieben werden: {reason}.</translation>
  </message>
  <message>
   <source>The best match has the label of the query for {hit} of the features; by chance it would for {chance}.</source>
   <translation>Bei {hit} der Objekte hat der beste Treffer die Bezeichnung der Anfrage; durch Zufall wären es {chance}.</translation>
  </message>
  <message>
   <source>The same with another rank for those that come late.</source>
   <translation>Dasselbe mit einem anderen Rang für die, die spät kommen.</translation>
  </message>
  <message>
   <source>Features whose best match is right.</source>
   <translation>Objekte, deren bester Treffer richtig ist.</translation>
  </message>
  <message>
   <source>How early all features of the label come, over the whole ranking.</source>
   <translation>Wie früh alle Objekte der Bezeichnung kommen, über die ganze Rangfolge.</translation>
  </message>
  <message>
   <source>The same, down to the rank by which all of them could have come.</source>
   <translation>Dasselbe bis zu dem Rang, bei dem alle hätten gekommen sein können.</translation>
  </message>
  <message>
   <source>The mean rank of the right ones as MPEG-7 normalises it.</source>
   <translation>Der mittlere Rang der richtigen, wie ihn MPEG-7 normiert.</translation>
  </message>
  <message>
   <source>{encoder} on {features}</source>
   <translation>{encoder} auf {features}</translation>
  </message>
  <message>
   <source>Figures</source>
   <translation>Werte</translation>
  </message>
  <message>
   <source>By label</source>
   <translation>Nach Bezeichnung</translation>
  </message>
  <message>
   <source>The label that is found worst comes first. Labels with a single feature have nothing to be found by.</source>
   <translation>Die am schlechtesten gefundene Bezeichnung kommt zuerst. Bezeichnungen mit einem einzigen Objekt haben nichts, womit sie gefunden werden könnten.</translation>
  </message>
  <message>
   <source>What is taken for what</source>
   <translation>Was wofür gehalten wird</translation>
  </message>
  <message>
   <source>How this was measured</source>
   <translation>Wie gemessen wurde</translation>
  </message>
  <message>
   <source>The box round every feature was read and encoded as a query box is. Then every feature was searched once among all others, itself left out: a match is right if it has the same label. The figures hold for these features on these rasters; light, season and sensor are the same for query and matches, so elsewhere they may be lower.</source>
   <translation>Der Rahmen um jedes Objekt wurde wie der einer Anfrage gelesen und kodiert. Dann wurde jedes Objekt einmal unter allen anderen gesucht, es selbst ausgenommen: ein Treffer ist richtig, wenn er dieselbe Bezeichnung hat. Die Werte gelten für diese Objekte auf diesen Rastern; Licht, Jahreszeit und Sensor sind für Anfrage und Treffer gleich, anderswo können sie darum geringer sein.</translation>
  </message>
  <message>
   <source>Figure</source>
   <translation>Kennzahl</translation>
  </message>
  <message>
   <source>Value</source>
   <translation>Wert</translation>
  </message>
  <message>
   <source>What it says</source>
   <translation>Was sie sagt</translation>
  </message>
  <message>
   <source>Label</source>
   <translation>Bezeichnung</translation>
  </message>
  <message>
   <source>Features</source>
   <translation>Objekte</translation>
  </message>
  <message>
   <source>Protocol</source>
   <translation>Protokoll</translation>
  </message>
  <message>
   <source>The best match of every feature has its label.</source>
   <translation>Der beste Treffer jedes Objekts hat seine Bezeichnung.</translation>
  </message>
  <message>
   <source>Features labelled</source>
   <translation>Bezeichnung des Objekts</translation>
  </message>
  <message>
   <source>Their best match is labelled</source>
   <translation>Bezeichnung seines besten Treffers</translation>
  </message>
  <message>
   <source>Features with a right match among the best {rank}.</source>
   <translation>Objekte mit einem richtigen Treffer unter den besten {rank}.</translation>
  </message>
  <message>
   <source>Right ones among the best {rank} matches; less than 1 for a label with fewer other features than that.</source>
   <translation>Richtige unter den besten {rank} Treffern; weniger als 1 bei Bezeichnungen mit weniger anderen Objekten.</translation>
  </message>
  <message>
   <source>How early right matches come among the best {rank}.</source>
   <translation>Wie früh richtige Treffer unter den besten {rank} kommen.</translation>
  </message>
  <message>
   <source>From 0 to 1, over {queries} features; 1 is best, but for ANMRR, where 0 is.</source>
   <translation>Von 0 bis 1, über {queries} Objekte; 1 ist am besten, bei ANMRR aber 0.</translation>
  </message>
  <message>
   <source>Feature</source>
   <translation>Objekt</translation>
  </message>
  <message>
   <source>{count} of {queries}</source>
   <translation>{count} von {queries}</translation>
  </message>
  <message>
   <source>Features that were skipped: {count}</source>
   <translation>Übergangene Objekte: {count}</translation>
  </message>
  <message>
   <source>Export an archive as GeoParquet</source>
   <translation>Ein Archiv als GeoParquet exportieren</translation>
  </message>
  <message>
   <source>Writes the chips of an archive with their embeddings for other programs</source>
   <translation>Schreibt die Chips eines Archivs mit ihren Embeddings für andere Programme</translation>
  </message>
  <message>
   <source>Writes the chips of an archive with their embeddings, rasters and acquisitions into a GeoParquet file, and a STAC collection that describes it beside it. Other programs can read them, and "Import embeddings from GeoParquet" makes the same archive of them again.

Embeddings have 16 bits a number, as in the archive; choose 32 for programs that cannot read that.

The paths of the rasters are in the file, as they are in the archive; saved queries are not.

The engine needs the package pyarrow for it.</source>
   <translation>Schreibt die Chips eines Archivs mit ihren Embeddings, Rastern und Aufnahmen in eine GeoParquet-Datei, und daneben eine STAC-Collection, die sie beschreibt. Andere Programme können sie lesen, und "Embeddings aus GeoParquet importieren" macht daraus wieder dasselbe Archiv.

Embeddings haben 16 Bit je Zahl, wie im Archiv; wählen Sie 32 für Programme, die das nicht lesen können.

Die Pfade der Raster stehen in der Datei, wie auch im Archiv; gespeicherte Anfragen nicht.

Die Engine braucht dafür das Paket pyarrow.</translation>
  </message>
  <message>
   <source>Embeddings of 32 bits a number</source>
   <translation>Embeddings mit 32 Bit je Zahl</translation>
  </message>
  <message>
   <source>Licence of the embeddings, such as CC-BY-4.0</source>
   <translation>Lizenz der Embeddings, etwa CC-BY-4.0</translation>
  </message>
  <message>
   <source>archive,chips,embeddings,export,parquet,stac</source>
   <translation>Archiv,Chips,Embeddings,Export,Parquet,STAC</translation>
  </message>
  <message>
   <source>New file</source>
   <translation>Neue Datei</translation>
  </message>
  <message>
   <source>GeoParquet files (*.parquet)</source>
   <translation>GeoParquet-Dateien (*.parquet)</translation>
  </message>
  <message>
   <source>STAC collection</source>
   <translation>STAC-Collection</translation>
  </message>
  <message>
   <source>Import embeddings from GeoParquet</source>
   <translation>Embeddings aus GeoParquet importieren</translation>
  </message>
  <message>
   <source>Makes a new archive of a file that FRORS has exported, or of embeddings made elsewhere</source>
   <translation>Macht ein neues Archiv aus einer Datei, die FRORS exportiert hat, oder aus anderswo gemachten Embeddings</translation>
  </message>
  <message>
   <source>Makes a new archive of GeoParquet files.

Files: one that FRORS has exported, which gives the same archive again; or one or more of another project, such as Clay, Earth Index or Major TOM, all of one model.

Embeddings that were made elsewhere can be searched by their own chips: draw a box over one in the FRORS panel. No box or raster of yours can be embedded for them, and they have no pictures.

Size of points: the side of a chip on the ground, for files that have points instead of areas.

Column: of the embeddings, where the file has several that might be.

An import that was cancelled goes on with the same files. The engine needs the package pyarrow for it.</source>
   <translation>Macht ein neues Archiv aus GeoParquet-Dateien.

Dateien: eine, die FRORS exportiert hat, woraus wieder dasselbe Archiv wird; oder eine oder mehrere eines anderen Projekts, etwa Clay, Earth Index oder Major TOM, alle von einem Modell.

Anderswo gemachte Embeddings lassen sich mit ihren eigenen Chips durchsuchen: Ziehen Sie im FRORS-Bedienfeld einen Rahmen über einem auf. Für Ihre eigenen Rahmen und Raster lassen sich keine solchen Embeddings machen, und Bilder haben sie keine.

Größe der Punkte: die Seite eines Chips am Boden, für Dateien, die Punkte statt Flächen haben.

Spalte: die der Embeddings, wenn in der Datei mehrere in Frage kommen.

Ein abgebrochener Import wird mit denselben Dateien fortgesetzt. Die Engine braucht dafür das Paket pyarrow.</translation>
  </message>
  <message>
   <source>GeoParquet files</source>
   <translation>GeoParquet-Dateien</translation>
  </message>
  <message>
   <source>Size of points on the ground (metres)</source>
   <translation>Größe der Punkte am Boden (Meter)</translation>
  </message>
  <message>
   <source>Column of the embeddings</source>
   <translation>Spalte der Embeddings</translation>
  </message>
  <message>
   <source>archive,chips,embeddings,import,parquet,clay,major tom,earth index</source>
   <translation>Archiv,Chips,Embeddings,Import,Parquet,Clay,Major TOM,Earth Index</translation>
  </message>
  <message>
   <source>New archive</source>
   <translation>Neues Archiv</translation>
  </message>
  <message>
   <source>Chips in the archive</source>
   <translation>Chips im Archiv</translation>
  </message>
  <message>
   <source>These embeddings were made elsewhere: they are searched by their own chips.</source>
   <translation>Diese Embeddings wurden anderswo gemacht: Sie werden mit ihren eigenen Chips durchsucht.</translation>
  </message>
  <message>
   <source>Index rasters</source>
   <translation>Raster indizieren</translation>
  </message>
  <message>
   <source>visual search,similarity,image retrieval,embedding,archive,chips,deep learning,satellite,aerial</source>
   <translation>visuelle Suche,Ähnlichkeit,Bildsuche,Embedding,Archiv,Chips,Deep Learning,Satellit,Luftbild</translation>
  </message>
  <message>
   <source>Brings rasters into an archive, so that they can be searched by example</source>
   <translation>Bringt Raster in ein Archiv, damit in ihnen nach Beispielen gesucht werden kann</translation>
  </message>
  <message>
   <source>Brings rasters into an archive, so that they can be searched by example with "Search by box" or in the FRORS panel.

Archive: a new file, or an existing archive to add to. What it already holds is not indexed again; a raster that has changed is. Indexing that was cancelled goes on where it stopped.

Pixel size: the size on the ground at which all rasters are read. When it is not set, each raster is read at its own.

Window sizes: the sides of the chips into which the rasters are cut, in pixels. Choose those that hold what you want to find with a little around it.

Overlap: how much of a chip its neighbour shares. More finds things that lie across chips, and takes longer.

Encoder: for a new archive, the id of the encoder that makes its embeddings: frors when it is not set, or one that you have trained with "Train an encoder on labelled features". An archive keeps its encoder.

A raster that cannot be read is reported and does not keep the others from being indexed. Everything is computed on this computer; an NVIDIA or Apple GPU is used when there is one.</source>
   <translation>Bringt Raster in ein Archiv, damit in ihnen mit "Mit Rahmen suchen" oder im FRORS-Bedienfeld nach Beispielen gesucht werden kann.

Archiv: eine neue Datei oder ein vorhandenes Archiv, das ergänzt wird. Was es schon enthält, wird nicht noch einmal indiziert; ein Raster, das sich geändert hat, schon. Abgebrochenes Indizieren geht dort weiter, wo es aufgehört hat.

Pixelgröße: die Größe am Boden, in der alle Raster gelesen werden. Ist sie nicht angegeben, wird jedes Raster in seiner eigenen gelesen.

Fenstergrößen: die Seiten der Chips, in die die Raster geschnitten werden, in Pixeln. Wählen Sie die, in die das Gesuchte mit etwas Umgebung passt.

Überlappung: wie viel ein Chip mit seinem Nachbarn teilt. Mehr findet auch, was über Chips hinweg liegt, und dauert länger.

Encoder: für ein neues Archiv die Kennung des Encoders, der seine Embeddings macht: frors, wenn nichts angegeben ist, oder einer, den Sie mit "Einen Encoder mit benannten Objekten trainieren" trainiert haben. Ein Archiv behält seinen Encoder.

Ein Raster, das nicht gelesen werden kann, wird gemeldet und hält die anderen nicht auf. Alles wird auf diesem Rechner berechnet; eine Grafikkarte von NVIDIA oder Apple wird benutzt, wenn es eine gibt.</translation>
  </message>
  <message>
   <source>Indexed: {path} ({chips} chips)</source>
   <translation>Indiziert: {path} ({chips} Chips)</translation>
  </message>
  <message>
   <source>Pixel size on the ground (metres)</source>
   <translation>Pixelgröße am Boden (Meter)</translation>
  </message>
  <message>
   <source>Window sizes (pixels)</source>
   <translation>Fenstergrößen (Pixel)</translation>
  </message>
  <message>
   <source>Give the sizes themselves, such as '256,128' (the default), not the options' numbers.</source>
   <translation>Geben Sie die Größen selbst an, etwa '256,128' (die Vorgabe), nicht die Nummern der Auswahl.</translation>
  </message>
  <message>
   <source>Overlap of neighbouring chips (%)</source>
   <translation>Überlappung benachbarter Chips (%)</translation>
  </message>
  <message>
   <source>Encoder of a new archive</source>
   <translation>Encoder eines neuen Archivs</translation>
  </message>
  <message>
   <source>Unchanged since it was indexed: {path} ({chips} chips)</source>
   <translation>Unverändert seit dem Indizieren: {path} ({chips} Chips)</translation>
  </message>
  <message>
   <source>The file is missing, its chips are kept: {path} ({chips} chips)</source>
   <translation>Die Datei fehlt, ihre Chips bleiben: {path} ({chips} Chips)</translation>
  </message>
  <message>
   <source>"{layer}" is not a raster file, and only raster files can be indexed.</source>
   <translation>"{layer}" ist keine Rasterdatei, und nur Rasterdateien können indiziert werden.</translation>
  </message>
  <message>
   <source>What has been indexed so far is kept; run this again to go on from there.</source>
   <translation>Was bisher indiziert wurde, bleibt; noch einmal ausführen, um dort weiterzumachen.</translation>
  </message>
  <message>
   <source>An archive is a GeoPackage: give it a name that ends in "{suffix}".</source>
   <translation>Ein Archiv ist ein GeoPackage: geben Sie ihm einen Namen, der auf "{suffix}" endet.</translation>
  </message>
  <message>
   <source>Rasters that the features lie on</source>
   <translation>Raster, auf denen die Objekte liegen</translation>
  </message>
  <message>
   <source>Size of the boxes round points (metres)</source>
   <translation>Größe der Rahmen um Punkte (Meter)</translation>
  </message>
  <message>
   <source>Labelled features</source>
   <translation>Benannte Objekte</translation>
  </message>
  <message>
   <source>Field with the labels</source>
   <translation>Feld mit den Bezeichnungen</translation>
  </message>
  <message>
   <source>"{layer}" is not a raster file. Save the part with the features as a file.</source>
   <translation>"{layer}" ist keine Rasterdatei. Speichern Sie den Teil mit den Objekten als Datei.</translation>
  </message>
  <message>
   <source>features</source>
   <translation>Objekten</translation>
  </message>
  <message>
   <source>Feature {id} was skipped: {reason}</source>
   <translation>Objekt {id} wurde übergangen: {reason}</translation>
  </message>
  <message>
   <source>The features have no field {field}; they have {names}.</source>
   <translation>Die Objekte haben kein Feld {field}; sie haben {names}.</translation>
  </message>
  <message>
   <source>{count} more features were skipped.</source>
   <translation>{count} weitere Objekte wurden übergangen.</translation>
  </message>
  <message>
   <source>Remove rasters from an archive</source>
   <translation>Raster aus einem Archiv entfernen</translation>
  </message>
  <message>
   <source>Removes rasters and their chips from an archive; the raster files stay</source>
   <translation>Entfernt Raster und ihre Chips aus einem Archiv; die Rasterdateien bleiben</translation>
  </message>
  <message>
   <source>Removes rasters and their chips from an archive. The raster files themselves stay where they are.

Rasters: layers or files, also of files that are gone: only their names matter. If the archive does not know one of them, nothing is removed.

The outputs are how many chips were removed and how many the archive still holds.</source>
   <translation>Entfernt Raster und ihre Chips aus einem Archiv. Die Rasterdateien selbst bleiben, wo sie sind.

Raster: Layer oder Dateien, auch solche, die es nicht mehr gibt: nur ihre Namen zählen. Kennt das Archiv eines davon nicht, wird nichts entfernt.

Ausgegeben wird, wie viele Chips entfernt wurden und wie viele das Archiv noch enthält.</translation>
  </message>
  <message>
   <source>archive,chips,rasters,delete</source>
   <translation>Archiv,Chips,Raster,löschen</translation>
  </message>
  <message>
   <source>Chips removed</source>
   <translation>Entfernte Chips</translation>
  </message>
  <message>
   <source>Removed: {path} ({chips} chips)</source>
   <translation>Entfernt: {path} ({chips} Chips)</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Suchen</translation>
  </message>
  <message>
   <source>visual search,similarity,image retrieval,find,example,query,matches,deep learning,satellite,aerial</source>
   <translation>visuelle Suche,Ähnlichkeit,Bildsuche,finden,Beispiel,Anfrage,Treffer,Deep Learning,Satellit,Luftbild</translation>
  </message>
  <message>
   <source>The archive has no raster "{raster}"; "Archive information" lists those it has.</source>
   <translation>Das Archiv hat kein Raster "{raster}"; "Angaben zum Archiv" listet die auf, die es hat.</translation>
  </message>
  <message>
   <source>"{layer}" is not a raster file. Save the part with the box as a file, or search in the FRORS panel.</source>
   <translation>"{layer}" ist keine Rasterdatei. Speichern Sie den Teil mit dem Rahmen als Datei, oder suchen Sie im FRORS-Bedienfeld.</translation>
  </message>
  <message>
   <source>Raster that the box lies on</source>
   <translation>Raster, auf dem der Rahmen liegt</translation>
  </message>
  <message>
   <source>Number of matches</source>
   <translation>Anzahl der Treffer</translation>
  </message>
  <message>
   <source>Any size</source>
   <translation>Jede Größe</translation>
  </message>
  <message>
   <source>Only in this area</source>
   <translation>Nur in diesem Gebiet</translation>
  </message>
  <message>
   <source>Only matches on these rasters</source>
   <translation>Nur Treffer auf diesen Rastern</translation>
  </message>
  <message>
   <source>Acquired on this day or later</source>
   <translation>An diesem Tag oder später aufgenommen</translation>
  </message>
  <message>
   <source>Acquired on this day or before</source>
   <translation>An diesem Tag oder früher aufgenommen</translation>
  </message>
  <message>
   <source>Acquired in these months</source>
   <translation>In diesen Monaten aufgenommen</translation>
  </message>
  <message>
   <source>Place, time and sensor</source>
   <translation>Ort, Zeit und Sensor</translation>
  </message>
  <message>
   <source>Weight of these words</source>
   <translation>Gewicht dieser Worte</translation>
  </message>
  <message>
   <source>Least score</source>
   <translation>Mindestähnlichkeit</translation>
  </message>
  <message>
   <source>Distance between matches at least (metres)</source>
   <translation>Mindestabstand zwischen Treffern (Meter)</translation>
  </message>
  <message>
   <source>Matches</source>
   <translation>Treffer</translation>
  </message>
  <message>
   <source>The area to search in is empty; give it a width and a height, or leave it out.</source>
   <translation>Das Gebiet, in dem gesucht werden soll, ist leer; geben Sie ihm Breite und Höhe, oder lassen Sie es weg.</translation>
  </message>
  <message>
   <source>Finds what looks most like a box on a raster, anywhere in an archive</source>
   <translation>Findet irgendwo in einem Archiv, was einem Rahmen auf einem Raster am ähnlichsten sieht</translation>
  </message>
  <message>
   <source>Finds what looks most like a box on a raster, anywhere in an archive that "Index rasters" or the FRORS panel has made.

Raster: the file that the box lies on; it need not be in the archive.

Box: what to look for, with little around it.

Any size: also compares the box with chips that are much larger or smaller on the ground.

Only in this area: where the matches may lie; everywhere when it is not set.

Only matches on these rasters: layers or files that the archive holds; all of them when it is not set.

Days and months: when the rasters of matches were acquired; those of unknown dates are left out.

Place, time and sensor: conditions that are known to hold of the rasters of matches, such as "sentinel-2, summer, within 50 km, resolution &lt; 15 m". With a weight between 0 and 1 they need not hold: it is how much they make up of the score, beside the looks.

The output has one polygon per match, best first: rank, score (1 is the same image), chip (its number in the archive), raster and the date on which the raster was acquired, where it is known.</source>
   <translation>Findet irgendwo in einem Archiv, das mit "Raster indizieren" oder dem FRORS-Bedienfeld gemacht wurde, was einem Rahmen auf einem Raster am ähnlichsten sieht.

Raster: die Datei, auf der der Rahmen liegt; sie muss nicht im Archiv sein.

Rahmen: das Gesuchte mit wenig Umgebung.

Jede Größe: vergleicht den Rahmen auch mit Chips, die am Boden viel größer oder kleiner sind.

Nur in diesem Gebiet: wo Treffer liegen dürfen; überall, wenn es nicht angegeben ist.

Nur Treffer auf diesen Rastern: Layer oder Dateien, die das Archiv enthält; alle, wenn nichts angegeben ist.

Tage und Monate: wann die Raster der Treffer aufgenommen wurden; solche mit unbekanntem Datum bleiben weg.

Ort, Zeit und Sensor: Bedingungen, von denen bekannt ist, dass sie für die Raster der Treffer gelten, auf Englisch, etwa "sentinel-2, summer, within 50 km, resolution &lt; 15 m". Mit einem Gewicht zwischen 0 und 1 müssen sie nicht gelten: Es ist ihr Anteil an der Ähnlichkeit, neben dem Aussehen.

Die Ausgabe hat ein Polygon je Treffer, den besten zuerst: rank, score (1 ist dasselbe Bild), chip (seine Nummer im Archiv), raster und das Datum der Aufnahme, wo es bekannt ist.</translation>
  </message>
  <message>
   <source>Box</source>
   <translation>Rahmen</translation>
  </message>
  <message>
   <source>The box has no area; give it a width and a height.</source>
   <translation>Der Rahmen hat keine Fläche; geben Sie ihm Breite und Höhe.</translation>
  </message>
  <message>
   <source>Matches found: {count}</source>
   <translation>Gefundene Treffer: {count}</translation>
  </message>
  <message>
   <source>Search by features</source>
   <translation>Mit Objekten suchen</translation>
  </message>
  <message>
   <source>Finds what looks most like each feature of a layer on a raster, anywhere in an archive</source>
   <translation>Findet irgendwo in einem Archiv, was jedem Objekt eines Layers auf einem Raster am ähnlichsten sieht</translation>
  </message>
  <message>
   <source>Searches an archive once for every feature of a layer: with the box round it, on a raster.

Features: polygons or lines round what to look for. A feature that cannot be searched, because it lies beside the raster or is too small, is reported and does not keep the others from being searched.

All else is as in "Search by box". The output has one polygon per match; the field feature holds the id of the feature that it is a match of.</source>
   <translation>Durchsucht ein Archiv einmal für jedes Objekt eines Layers: mit dem Rahmen darum, auf einem Raster.

Objekte: Polygone oder Linien um das Gesuchte. Ein Objekt, mit dem nicht gesucht werden kann, weil es neben dem Raster liegt oder zu klein ist, wird gemeldet und hält die anderen nicht auf.

Alles andere ist wie bei "Mit Rahmen suchen". Die Ausgabe hat ein Polygon je Treffer; das Feld feature enthält die Nummer des Objekts, zu dem er gehört.</translation>
  </message>
  <message>
   <source>Feature {id}: {reason}</source>
   <translation>Objekt {id}: {reason}</translation>
  </message>
  <message>
   <source>Train an encoder on labelled features</source>
   <translation>Einen Encoder mit benannten Objekten trainieren</translation>
  </message>
  <message>
   <source>labels,classes,training,fine-tuning,learning,deep learning,encoder,model,checkpoint,metric learning</source>
   <translation>Bezeichnungen,Klassen,Training,Feinabstimmung,Lernen,Deep Learning,Encoder,Modell,Checkpoint,Metric Learning</translation>
  </message>
  <message>
   <source>Trains an encoder of your own on labelled features, to index and search with</source>
   <translation>Trainiert mit benannten Objekten einen eigenen Encoder, mit dem indiziert und gesucht werden kann</translation>
  </message>
  <message>
   <source>Trains an encoder to tell the labels of your features apart. It becomes one of your own encoders: give its id in "Index rasters" to make an archive for it, which the FRORS panel then searches with it, or in "Evaluate on labelled features". It lies outside the plugin, where updates leave it, with a card beside it that says how it was made.

Labelled features: polygons, lines or points, at least two labels and two features of each; labels with one feature are skipped. A few dozen of each label are a good start. With few features the embeddings get fewer dimensions, since there must be more features than dimensions; with too few the training is refused and says how many are needed.

Rasters: the files that the features lie on, in any CRS. Of every feature a square image is cut out, with some of what surrounds it.

Id of the new encoder: letters, digits, - and _.

Epochs: how often all features are gone through. With 0 only what comes out in closed form is fitted, which takes seconds to minutes; more epochs gain on these labels and lose on others.

Share kept apart: of each label, not learnt from. The outputs and the log say how well these find each other with the new encoder and with the one that it started from. They lie on the same rasters, so elsewhere it may do less well: measure that with "Evaluate on labelled features" on another area. Figures on features that were learnt from are never given: they would say nothing.

Surroundings: shown beyond a feature on each side, in % of its longer side.

Size of the boxes round points: in metres on the ground. When it is not set, 64 pixels of the raster.

Everything is computed on this computer, by an NVIDIA or Apple GPU when there is one. Searches go before. Meanwhile it needs up to 2.5 MB of temporary disk space for each feature. A training that is cancelled leaves nothing. It needs packages that searching does not (requirements-learning.txt); where they are missing it says so.</source>
   <translation>Trainiert einen Encoder darauf, die Bezeichnungen Ihrer Objekte auseinanderzuhalten. Er wird einer Ihrer eigenen Encoder: geben Sie seine Kennung in "Raster indizieren" an, um ein Archiv für ihn zu machen, das das FRORS-Bedienfeld dann mit ihm durchsucht, oder in "Mit benannten Objekten prüfen". Er liegt außerhalb der Erweiterung, wo Aktualisierungen ihn lassen, und neben ihm ein Steckbrief, der sagt, wie er entstanden ist.

Benannte Objekte: Polygone, Linien oder Punkte, mindestens zwei Bezeichnungen und zwei Objekte von jeder; Bezeichnungen mit einem Objekt werden übergangen. Ein paar Dutzend von jeder sind ein guter Anfang. Bei wenigen Objekten bekommen die Embeddings weniger Dimensionen, denn es muss mehr Objekte als Dimensionen geben; bei zu wenigen wird das Training abgelehnt und gesagt, wie viele nötig sind.

Raster: die Dateien, auf denen die Objekte liegen, in beliebigem KBS. Um jedes Objekt wird ein quadratisches Bild mit etwas Umgebung ausgeschnitten.

Kennung des neuen Encoders: Buchstaben, Ziffern, - und _.

Epochen: wie oft alle Objekte durchlaufen werden. Bei 0 wird nur angepasst, was sich in geschlossener Form ergibt; das dauert Sekunden bis Minuten; mehr Epochen gewinnen bei diesen Bezeichnungen und verlieren bei anderen.

Zurückgehaltener Anteil: von jeder Bezeichnung; aus ihm wird nicht gelernt. Ausgaben und Protokoll sagen, wie gut diese einander mit dem neuen Encoder finden und mit dem, von dem er ausging. Sie liegen auf denselben Rastern, anderswo kann er darum schlechter sein: messen Sie das mit "Mit benannten Objekten prüfen" in einem anderen Gebiet. Werte für Objekte, aus denen gelernt wurde, werden nie angegeben: sie sagten nichts.

Umgebung: auf jeder Seite über das Objekt hinaus gezeigt, in % seiner längeren Seite.

Größe der Rahmen um Punkte: in Metern am Boden. Ist sie nicht angegeben, 64 Pixel des Rasters.

Alles wird auf diesem Rechner berechnet, von einer Grafikkarte von NVIDIA oder Apple, wenn es eine gibt. Suchen gehen vor. Währenddessen werden vorübergehend bis zu 2,5 MB Plattenplatz je Objekt gebraucht. Ein abgebrochenes Training hinterlässt nichts. Es braucht Pakete, die das Suchen nicht braucht (requirements-learning.txt); fehlen sie, wird es gesagt.</translation>
  </message>
  <message>
   <source>The encoder {encoder} has learnt {labels} labels from {images} features: {path}</source>
   <translation>Der Encoder {encoder} hat {labels} Bezeichnungen aus {images} Objekten gelernt: {path}</translation>
  </message>
  <message>
   <source>Kind of encoder</source>
   <translation>Art des Encoders</translation>
  </message>
  <message>
   <source>Give the kind itself, such as 'frors' (the default), not the options' numbers.</source>
   <translation>Geben Sie die Art selbst an, etwa 'frors' (die Vorgabe), nicht die Nummern der Auswahl.</translation>
  </message>
  <message>
   <source>Id of the new encoder</source>
   <translation>Kennung des neuen Encoders</translation>
  </message>
  <message>
   <source>Epochs (0: fit in closed form only)</source>
   <translation>Epochen (0: nur in geschlossener Form anpassen)</translation>
  </message>
  <message>
   <source>Share kept apart (%)</source>
   <translation>Zurückgehaltener Anteil (%)</translation>
  </message>
  <message>
   <source>Surroundings (%)</source>
   <translation>Umgebung (%)</translation>
  </message>
  <message>
   <source>Encoder to start from</source>
   <translation>Encoder, von dem ausgegangen wird</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>Startwert</translation>
  </message>
  <message>
   <source>More of the recipe (NAME=VALUE, spaces between)</source>
   <translation>Weiteres des Rezepts (NAME=WERT, mit Leerzeichen dazwischen)</translation>
  </message>
  <message>
   <source>Licence of the images, for the card</source>
   <translation>Lizenz der Bilder, für den Steckbrief</translation>
  </message>
  <message>
   <source>Id of the encoder</source>
   <translation>Kennung des Encoders</translation>
  </message>
  <message>
   <source>File of the encoder</source>
   <translation>Datei des Encoders</translation>
  </message>
  <message>
   <source>Its card</source>
   <translation>Sein Steckbrief</translation>
  </message>
  <message>
   <source>Features learnt from</source>
   <translation>Objekte, aus denen gelernt wurde</translation>
  </message>
  <message>
   <source>Dimensions of an embedding</source>
   <translation>Dimensionen eines Embeddings</translation>
  </message>
  <message>
   <source>mAP@10 on the features kept apart</source>
   <translation>mAP@10 auf den zurückgehaltenen Objekten</translation>
  </message>
  <message>
   <source>The same with the encoder that it started from</source>
   <translation>Dasselbe mit dem Encoder, von dem ausgegangen wurde</translation>
  </message>
  <message>
   <source>Nothing of the training is kept; run this again to begin anew.</source>
   <translation>Vom Training bleibt nichts; noch einmal ausführen, um neu zu beginnen.</translation>
  </message>
  <message>
   <source>Platform</source>
   <translation>Plattform</translation>
  </message>
  <message>
   <source>Sensor</source>
   <translation>Sensor</translation>
  </message>
  <message>
   <source>Product level</source>
   <translation>Produktstufe</translation>
  </message>
  <message>
   <source>Cloud (%)</source>
   <translation>Wolken (%)</translation>
  </message>
  <message>
   <source>Off-nadir (deg)</source>
   <translation>Off-Nadir (Grad)</translation>
  </message>
  <message>
   <source>Latitude, longitude</source>
   <translation>Breite, Länge</translation>
  </message>
  <message>
   <source>Place name</source>
   <translation>Ortsname</translation>
  </message>
  <message>
   <source>you</source>
   <translation>Sie</translation>
  </message>
  <message>
   <source>the raster</source>
   <translation>das Raster</translation>
  </message>
  <message>
   <source>its tags</source>
   <translation>seine Tags</translation>
  </message>
  <message>
   <source>STAC item</source>
   <translation>STAC-Item</translation>
  </message>
  <message>
   <source>Landsat MTL</source>
   <translation>Landsat-MTL</translation>
  </message>
  <message>
   <source>Sentinel SAFE</source>
   <translation>Sentinel-SAFE</translation>
  </message>
  <message>
   <source>ENVI header</source>
   <translation>ENVI-Header</translation>
  </message>
  <message>
   <source>QGIS metadata</source>
   <translation>QGIS-Metadaten</translation>
  </message>
  <message>
   <source>file name</source>
   <translation>Dateiname</translation>
  </message>
  <message>
   <source>TIFF header</source>
   <translation>TIFF-Header</translation>
  </message>
  <message>
   <source>Read acquisition</source>
   <translation>Aufnahme lesen</translation>
  </message>
  <message>
   <source>Save acquisition</source>
   <translation>Aufnahme speichern</translation>
  </message>
  <message>
   <source>The archive is not open yet, or holds no rasters; open it first.</source>
   <translation>Das Archiv ist noch nicht geöffnet oder enthält keine Raster; öffnen Sie es zuerst.</translation>
  </message>
  <message>
   <source>Acquisition: where, when and by what</source>
   <translation>Aufnahme: wo, wann und womit</translation>
  </message>
  <message>
   <source>What you write goes before what files say.</source>
   <translation>Was Sie schreiben, geht vor dem, was Dateien sagen.</translation>
  </message>
  <message>
   <source>Where, when and by what the raster was taken, and what says so. What you write goes before what files say; an emptied field takes back what you have written.</source>
   <translation>Wo, wann und womit das Raster aufgenommen wurde, und was das sagt. Was Sie schreiben, geht vor dem, was Dateien sagen; ein geleertes Feld nimmt zurück, was Sie geschrieben haben.</translation>
  </message>
  <message>
   <source>{source}: {value}</source>
   <translation>{source}: {value}</translation>
  </message>
  <message>
   <source>unknown, for example {example}</source>
   <translation>unbekannt, zum Beispiel {example}</translation>
  </message>
  <message>
   <source>Looking for the missing rasters...</source>
   <translation>Die fehlenden Raster werden gesucht...</translation>
  </message>
  <message>
   <source>Find missing rasters</source>
   <translation>Fehlende Raster suchen</translation>
  </message>
  <message>
   <source>1 raster was found</source>
   <translation>1 Raster wurde gefunden</translation>
  </message>
  <message>
   <source>{count} rasters were found</source>
   <translation>{count} Raster wurden gefunden</translation>
  </message>
  <message>
   <source>Opening...</source>
   <translation>Wird geöffnet...</translation>
  </message>
  <message>
   <source>Open archive</source>
   <translation>Archiv öffnen</translation>
  </message>
  <message>
   <source>1 chip</source>
   <translation>1 Chip</translation>
  </message>
  <message>
   <source>{count} chips</source>
   <translation>{count} Chips</translation>
  </message>
  <message>
   <source>1 raster</source>
   <translation>1 Raster</translation>
  </message>
  <message>
   <source>{count} rasters</source>
   <translation>{count} Raster</translation>
  </message>
  <message>
   <source>made by another encoder</source>
   <translation>von einem anderen Encoder</translation>
  </message>
  <message>
   <source>Opens with the first search</source>
   <translation>Wird mit der ersten Suche geöffnet</translation>
  </message>
  <message>
   <source>No archive yet</source>
   <translation>Noch kein Archiv</translation>
  </message>
  <message>
   <source>{count} missing</source>
   <translation>{count} fehlen</translation>
  </message>
  <message>
   <source>{found}, {lost} not.</source>
   <translation>{found}, {lost} nicht.</translation>
  </message>
  <message>
   <source>{found}.</source>
   <translation>{found}.</translation>
  </message>
  <message>
   <source>The archive that is searched: one file with footprints and embeddings of rasters, or a schema of a database. Choose one that was opened lately, open another, or index rasters into one. A raster or an archive may also be dropped on this panel. Where rasters have moved, Find... looks for them in a folder.</source>
   <translation>Das Archiv, das durchsucht wird: eine Datei mit Umrissen und Embeddings von Rastern oder ein Schema einer Datenbank. Wählen Sie eines, das kürzlich geöffnet war, öffnen Sie ein anderes, oder indizieren Sie Raster in eines. Ein Raster oder ein Archiv kann auch auf dieses Bedienfeld gezogen werden. Wo Raster umgezogen sind, sucht Suchen... sie in einem Ordner.</translation>
  </message>
  <message>
   <source>Open an archive...</source>
   <translation>Ein Archiv öffnen...</translation>
  </message>
  <message>
   <source>From a file...</source>
   <translation>Aus einer Datei...</translation>
  </message>
  <message>
   <source>From a database...</source>
   <translation>Aus einer Datenbank...</translation>
  </message>
  <message>
   <source>Find...</source>
   <translation>Suchen...</translation>
  </message>
  <message>
   <source>Say where the missing rasters are now</source>
   <translation>Angeben, wo die fehlenden Raster jetzt sind</translation>
  </message>
  <message>
   <source>Open an archive</source>
   <translation>Ein Archiv öffnen</translation>
  </message>
  <message>
   <source>FRORS archives (*.gpkg)</source>
   <translation>FRORS-Archive (*.gpkg)</translation>
  </message>
  <message>
   <source>Where are the missing rasters now?</source>
   <translation>Wo sind die fehlenden Raster jetzt?</translation>
  </message>
  <message>
   <source>The box touches no raster that the map shows; draw it on a raster layer.</source>
   <translation>Der Rahmen berührt kein Raster, das die Karte zeigt; ziehen Sie ihn auf einem Rasterlayer.</translation>
  </message>
  <message>
   <source>The box is smaller than {least} pixels of {layer}; draw a larger one.</source>
   <translation>Der Rahmen ist kleiner als {least} Pixel von {layer}; ziehen Sie einen größeren.</translation>
  </message>
  <message>
   <source>The box cannot be read in the CRS of {layer}.</source>
   <translation>Der Rahmen kann im KBS von {layer} nicht gelesen werden.</translation>
  </message>
  <message>
   <source>Advanced: encode on a cluster</source>
   <translation>Erweitert: auf einem Cluster kodieren</translation>
  </message>
  <message>
   <source>Workers of a Dask cluster that your site runs encode the rasters, which they must see under the same paths. Trust them: they and this computer run what the others send them.</source>
   <translation>Worker eines Dask-Clusters, den Ihre Einrichtung betreibt, kodieren die Raster, die sie unter denselben Pfaden sehen müssen. Vertrauen Sie ihnen: sie und dieser Rechner führen aus, was die anderen ihnen schicken.</translation>
  </message>
  <message>
   <source>Of its Dask scheduler, tcp:// or tls://; empty: this computer encodes</source>
   <translation>Von seinem Dask-Scheduler, tcp:// oder tls://; leer: dieser Rechner kodiert</translation>
  </message>
  <message>
   <source>Folder that all computers share</source>
   <translation>Ordner, den alle Rechner teilen</translation>
  </message>
  <message>
   <source>beside the archive</source>
   <translation>neben dem Archiv</translation>
  </message>
  <message>
   <source>Where the workers leave what they have encoded, until it is in the archive</source>
   <translation>Wo die Worker ablegen, was sie kodiert haben, bis es im Archiv ist</translation>
  </message>
  <message>
   <source>Address</source>
   <translation>Adresse</translation>
  </message>
  <message>
   <source>Shared folder</source>
   <translation>Gemeinsamer Ordner</translation>
  </message>
  <message>
   <source>No match any more</source>
   <translation>Kein Treffer mehr</translation>
  </message>
  <message>
   <source>PDF documents (*.pdf)</source>
   <translation>PDF-Dokumente (*.pdf)</translation>
  </message>
  <message>
   <source>PNG images (*.png)</source>
   <translation>PNG-Bilder (*.png)</translation>
  </message>
  <message>
   <source>Print contact sheet</source>
   <translation>Kontaktbogen drucken</translation>
  </message>
  <message>
   <source>Printing the contact sheet...</source>
   <translation>Der Kontaktbogen wird gedruckt...</translation>
  </message>
  <message>
   <source>Contact sheet</source>
   <translation>Kontaktbogen</translation>
  </message>
  <message>
   <source>The contact sheet is in {file}</source>
   <translation>Der Kontaktbogen ist in {file}</translation>
  </message>
  <message>
   <source>The name of a contact sheet ends in .pdf or .png; choose one that does.</source>
   <translation>Der Name eines Kontaktbogens endet auf .pdf oder .png; wählen Sie einen solchen.</translation>
  </message>
  <message>
   <source>Archive: {archive}</source>
   <translation>Archiv: {archive}</translation>
  </message>
  <message>
   <source>Printed on {date}</source>
   <translation>Gedruckt am {date}</translation>
  </message>
  <message>
   <source>Marked: {right} right, {wrong} wrong</source>
   <translation>Markiert: {right} richtig, {wrong} falsch</translation>
  </message>
  <message>
   <source>No picture</source>
   <translation>Kein Bild</translation>
  </message>
  <message>
   <source>The raster is missing</source>
   <translation>Das Raster fehlt</translation>
  </message>
  <message>
   <source>The raster cannot be read</source>
   <translation>Das Raster ist nicht lesbar</translation>
  </message>
  <message>
   <source>No longer in the archive</source>
   <translation>Nicht mehr im Archiv</translation>
  </message>
  <message>
   <source>There is no memory for an image of the matches; print them as a PDF document.</source>
   <translation>Für ein Bild der Treffer fehlt der Speicher; drucken Sie sie als PDF-Dokument.</translation>
  </message>
  <message>
   <source>{file} cannot be written: {reason}. Choose another folder, or make room there.</source>
   <translation>{file} kann nicht geschrieben werden: {reason}. Wählen Sie einen anderen Ordner, oder schaffen Sie dort Platz.</translation>
  </message>
  <message>
   <source>Page {page} of {pages}</source>
   <translation>Seite {page} von {pages}</translation>
  </message>
  <message>
   <source>List archives</source>
   <translation>Archive auflisten</translation>
  </message>
  <message>
   <source>Archive in a database</source>
   <translation>Archiv in einer Datenbank</translation>
  </message>
  <message>
   <source>Connection</source>
   <translation>Verbindung</translation>
  </message>
  <message>
   <source>An archive can be a schema of a PostgreSQL database with PostGIS and pgvector, which many people share. Choose one of the connections that QGIS has stored; new ones are made in the Data Source Manager. User and password come from there, too, and are kept nowhere else.</source>
   <translation>Ein Archiv kann ein Schema einer PostgreSQL-Datenbank mit PostGIS und pgvector sein, die viele gemeinsam nutzen. Wählen Sie eine der Verbindungen, die QGIS gespeichert hat; neue werden in der Datenquellenverwaltung angelegt. Auch Benutzer und Passwort kommen von dort und werden nirgends sonst aufbewahrt.</translation>
  </message>
  <message>
   <source>Asking the database...</source>
   <translation>Die Datenbank wird gefragt...</translation>
  </message>
  <message>
   <source>QGIS has stored no PostgreSQL connection: make one in Layer &gt; Data Source Manager.</source>
   <translation>QGIS hat keine PostgreSQL-Verbindung gespeichert: legen Sie eine unter Layer &gt; Datenquellenverwaltung an.</translation>
  </message>
  <message>
   <source>A new archive, or one to add to: a schema of its own in the database.</source>
   <translation>Ein neues Archiv oder eines, das ergänzt wird: ein eigenes Schema in der Datenbank.</translation>
  </message>
  <message>
   <source>There is no archive yet, or none that you may read: index rasters into a new one.</source>
   <translation>Es gibt noch kein Archiv oder keines, das Sie lesen dürfen: indizieren Sie Raster in ein neues.</translation>
  </message>
  <message>
   <source>Matches in {archive}</source>
   <translation>Treffer in {archive}</translation>
  </message>
  <message>
   <source>QGIS cannot open the matches in the database. {reason}</source>
   <translation>QGIS kann die Treffer in der Datenbank nicht öffnen. {reason}</translation>
  </message>
  <message>
   <source>FRORS report</source>
   <translation>FRORS-Bericht</translation>
  </message>
  <message>
   <source>The report is on the clipboard; paste it where you ask for help.</source>
   <translation>Der Bericht liegt in der Zwischenablage; fügen Sie ihn dort ein, wo Sie um Hilfe bitten.</translation>
  </message>
  <message>
   <source>Right and wrong examples: marked matches, and boxes drawn with Shift or Ctrl. They turn the query towards what is right and away from what is wrong; the ranking and the layer follow.</source>
   <translation>Richtige und falsche Beispiele: markierte Treffer, und Rahmen, die mit Umschalt oder Strg gezogen wurden. Sie lenken die Anfrage zum Richtigen hin und vom Falschen weg; Rangfolge und Layer folgen.</translation>
  </message>
  <message>
   <source>Take the last mark back (Ctrl+Z)</source>
   <translation>Die letzte Markierung zurücknehmen (Strg+Z)</translation>
  </message>
  <message>
   <source>Take the last mark back</source>
   <translation>Die letzte Markierung zurücknehmen</translation>
  </message>
  <message>
   <source>Take all marks away</source>
   <translation>Alle Markierungen wegnehmen</translation>
  </message>
  <message>
   <source>Examples: {right} right, {wrong} wrong</source>
   <translation>Beispiele: {right} richtig, {wrong} falsch</translation>
  </message>
  <message>
   <source>Explain: {title}</source>
   <translation>Erklären: {title}</translation>
  </message>
  <message>
   <source>Open matches in the database</source>
   <translation>Treffer in der Datenbank öffnen</translation>
  </message>
  <message>
   <source>The layer of matches is not in the Layers panel; add it there to export it.</source>
   <translation>Der Layer der Treffer ist nicht im Layerbedienfeld; fügen Sie ihn dort hinzu, um ihn zu exportieren.</translation>
  </message>
  <message>
   <source>The layer of matches in any vector format that QGIS writes</source>
   <translation>Der Layer der Treffer in jedem Vektorformat, das QGIS schreibt</translation>
  </message>
  <message>
   <source>There is no layer of these matches: it is not written yet, or was removed. Search again for one.</source>
   <translation>Es gibt keinen Layer dieser Treffer: er ist noch nicht geschrieben oder wurde entfernt. Suchen Sie noch einmal.</translation>
  </message>
  <message>
   <source>Draw the box of a query first; more boxes may then be examples for it.</source>
   <translation>Ziehen Sie zuerst den Rahmen einer Anfrage; weitere Rahmen können dann Beispiele für sie sein.</translation>
  </message>
  <message>
   <source>The example before is still being read; draw this one again in a moment.</source>
   <translation>Das Beispiel davor wird noch gelesen; ziehen Sie dieses gleich noch einmal.</translation>
  </message>
  <message>
   <source>Reading the example...</source>
   <translation>Das Beispiel wird gelesen...</translation>
  </message>
  <message>
   <source>Ranking anew...</source>
   <translation>Wird neu geordnet...</translation>
  </message>
  <message>
   <source>Search: {title}</source>
   <translation>Suche: {title}</translation>
  </message>
  <message>
   <source>Example: {title}</source>
   <translation>Beispiel: {title}</translation>
  </message>
  <message>
   <source>any day</source>
   <translation>jeder Tag</translation>
  </message>
  <message>
   <source>Filters say what may be found; the best matches among that are shown. Area: drawn on the map, typed, or taken from a layer. Rasters: one by one, or those of a group of layers or of a folder. Acquired and Months: when the rasters were taken; those of unknown dates are left out. Least score: the cosine below which nothing is shown. Apart: of matches that lie nearer to each other, only the best is kept.</source>
   <translation>Filter sagen, was gefunden werden darf; davon werden die besten Treffer gezeigt. Gebiet: auf der Karte gezogen, eingetippt oder von einem Layer genommen. Raster: einzeln, oder die einer Layergruppe oder eines Ordners. Aufgenommen und Monate: wann die Raster aufgenommen wurden; solche mit unbekanntem Datum bleiben weg. Mindestähnlichkeit: der Kosinus, unter dem nichts gezeigt wird. Abstand: von Treffern, die näher beieinander liegen, bleibt nur der beste.</translation>
  </message>
  <message>
   <source>anywhere</source>
   <translation>überall</translation>
  </message>
  <message>
   <source>Find what lies in this area only</source>
   <translation>Nur finden, was in diesem Gebiet liegt</translation>
  </message>
  <message>
   <source>All rasters</source>
   <translation>Alle Raster</translation>
  </message>
  <message>
   <source>Find chips of these rasters only</source>
   <translation>Nur Chips dieser Raster finden</translation>
  </message>
  <message>
   <source>Choose the rasters of a group of layers, or of a folder</source>
   <translation>Die Raster einer Layergruppe oder eines Ordners wählen</translation>
  </message>
  <message>
   <source>Choose a group of rasters</source>
   <translation>Eine Gruppe von Rastern wählen</translation>
  </message>
  <message>
   <source>Any month</source>
   <translation>Jeder Monat</translation>
  </message>
  <message>
   <source>Acquired in these months, of any year</source>
   <translation>In diesen Monaten aufgenommen, gleich in welchem Jahr</translation>
  </message>
  <message>
   <source>any</source>
   <translation>jede</translation>
  </message>
  <message>
   <source>Leave out matches that score less</source>
   <translation>Treffer mit geringerer Ähnlichkeit weglassen</translation>
  </message>
  <message>
   <source>no overlap</source>
   <translation>ohne Überlappung</translation>
  </message>
  <message>
   <source>Of matches that lie nearer, only the best</source>
   <translation>Von Treffern, die näher beieinander liegen, nur den besten</translation>
  </message>
  <message>
   <source> m</source>
   <translation> m</translation>
  </message>
  <message>
   <source>Take all filters away</source>
   <translation>Alle Filter wegnehmen</translation>
  </message>
  <message>
   <source>Area</source>
   <translation>Gebiet</translation>
  </message>
  <message>
   <source>Months</source>
   <translation>Monate</translation>
  </message>
  <message>
   <source>Apart</source>
   <translation>Abstand</translation>
  </message>
  <message>
   <source>Groups of layers</source>
   <translation>Layergruppen</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Filters</source>
   <translation>Filter</translation>
  </message>
  <message>
   <source>{name} ({count})</source>
   <translation>{name} ({count})</translation>
  </message>
  <message>
   <source>The rasters are in no groups and in one folder</source>
   <translation>Die Raster sind in keinen Gruppen und in einem Ordner</translation>
  </message>
  <message>
   <source>Filters ({count})</source>
   <translation>Filter ({count})</translation>
  </message>
  <message>
   <source>The match, and where it is most like the query</source>
   <translation>Der Treffer, und wo er der Anfrage am ähnlichsten ist</translation>
  </message>
  <message>
   <source>Indexing...</source>
   <translation>Wird indiziert...</translation>
  </message>
  <message>
   <source>Estimate indexing</source>
   <translation>Indizieren abschätzen</translation>
  </message>
  <message>
   <source>Check acquisition</source>
   <translation>Aufnahme prüfen</translation>
  </message>
  <message>
   <source>Indexing was cancelled; indexing again goes on where it stopped.</source>
   <translation>Das Indizieren wurde abgebrochen; noch einmal indizieren macht dort weiter, wo es aufgehört hat.</translation>
  </message>
  <message>
   <source>{raster}: {reason}</source>
   <translation>{raster}: {reason}</translation>
  </message>
  <message>
   <source>A new archive by the encoder {encoder}; {archive} stays as it is.</source>
   <translation>Ein neues Archiv vom Encoder {encoder}; {archive} bleibt, wie es ist.</translation>
  </message>
  <message>
   <source>Indexing is still under way; wait for it, or cancel it in the FRORS panel.</source>
   <translation>Es wird noch indiziert; warten Sie darauf, oder brechen Sie es im FRORS-Bedienfeld ab.</translation>
  </message>
  <message>
   <source>{rasters} in the archive, {chips}, after {time}.</source>
   <translation>{rasters} im Archiv, {chips}, nach {time}.</translation>
  </message>
  <message>
   <source>{reason} These rasters go into a new archive.</source>
   <translation>{reason} Diese Raster kommen in ein neues Archiv.</translation>
  </message>
  <message>
   <source>{reason} The FRORS panel offers to re-index.</source>
   <translation>{reason} Das FRORS-Bedienfeld bietet an, neu zu indizieren.</translation>
  </message>
  <message>
   <source>No raster: {files}</source>
   <translation>Kein Raster: {files}</translation>
  </message>
  <message>
   <source>{failed} could not be indexed. {done}</source>
   <translation>{failed} konnten nicht indiziert werden. {done}</translation>
  </message>
  <message>
   <source>A new file, or an archive to add to: what it already holds is not indexed again.</source>
   <translation>Eine neue Datei oder ein Archiv, das ergänzt wird: was es schon enthält, wird nicht noch einmal indiziert.</translation>
  </message>
  <message>
   <source>New or existing archive</source>
   <translation>Neues oder vorhandenes Archiv</translation>
  </message>
  <message>
   <source>Acquisition...</source>
   <translation>Aufnahme...</translation>
  </message>
  <message>
   <source>Where, when and by what the chosen raster was taken; also a double-click</source>
   <translation>Wo, wann und womit das gewählte Raster aufgenommen wurde; auch mit einem Doppelklick</translation>
  </message>
  <message>
   <source>Index</source>
   <translation>Indizieren</translation>
  </message>
  <message>
   <source>Tick what shall be searched. Rasters that cannot be indexed say why in the last column. The one that is chosen is the example for the sizes below; a double-click shows how it was taken, to be corrected.</source>
   <translation>Kreuzen Sie an, was durchsucht werden soll. Raster, die sich nicht indizieren lassen, sagen in der letzten Spalte, warum. Das gewählte ist das Beispiel für die Größen darunter; ein Doppelklick zeigt, wie es aufgenommen wurde, zum Berichtigen.</translation>
  </message>
  <message>
   <source>The file that the rasters' chips go into; chips are a layer that every GIS can open, your rasters stay.</source>
   <translation>Die Datei, in die die Chips der Raster kommen; Chips sind ein Layer, den jedes GIS öffnen kann, Ihre Raster bleiben.</translation>
  </message>
  <message>
   <source>An archive in a database...</source>
   <translation>Ein Archiv in einer Datenbank...</translation>
  </message>
  <message>
   <source>Scale</source>
   <translation>Maßstab</translation>
  </message>
  <message>
   <source>What can be found. Ground GSD: what a pixel measures on the ground; a coarser one finds larger things and is quicker. Windows: the sides of the squares into which rasters are cut; what you look for should fill at least a quarter of one. Overlap: how much neighbouring squares share; more finds things that lie across them, and takes longer.</source>
   <translation>Was sich finden lässt. GSD am Boden: was ein Pixel am Boden misst; ein gröberer findet größere Dinge und ist schneller. Fenster: die Seiten der Quadrate, in die Raster geschnitten werden; das Gesuchte sollte mindestens ein Viertel davon füllen. Überlappung: wie viel sich benachbarte Quadrate teilen; mehr findet auch, was über ihnen liegt, und dauert länger.</translation>
  </message>
  <message>
   <source>Each raster at its own</source>
   <translation>Jedes Raster in seinem eigenen</translation>
  </message>
  <message>
   <source>All rasters at</source>
   <translation>Alle Raster mit</translation>
  </message>
  <message>
   <source> m per pixel</source>
   <translation> m je Pixel</translation>
  </message>
  <message>
   <source> %</source>
   <translation> %</translation>
  </message>
  <message>
   <source>Show window sizes on the map</source>
   <translation>Fenstergrößen auf der Karte zeigen</translation>
  </message>
  <message>
   <source>Index project rasters</source>
   <translation>Raster des Projekts indizieren</translation>
  </message>
  <message>
   <source>None of these rasters can be indexed.</source>
   <translation>Keines dieser Raster kann indiziert werden.</translation>
  </message>
  <message>
   <source>Rasters of this project</source>
   <translation>Raster dieses Projekts</translation>
  </message>
  <message>
   <source>Ground GSD</source>
   <translation>GSD am Boden</translation>
  </message>
  <message>
   <source>Windows</source>
   <translation>Fenster</translation>
  </message>
  <message>
   <source>Overlap</source>
   <translation>Überlappung</translation>
  </message>
  <message>
   <source>all rasters</source>
   <translation>alle Raster</translation>
  </message>
  <message>
   <source>The archive holds all of this already.</source>
   <translation>Das Archiv enthält das alles schon.</translation>
  </message>
  <message>
   <source>Rasters of {archive}</source>
   <translation>Raster von {archive}</translation>
  </message>
  <message>
   <source>windows of {pixels} pixels</source>
   <translation>Fenster von {pixels} Pixeln</translation>
  </message>
  <message>
   <source>{archive} also has {levels}: not taken over.</source>
   <translation>{archive} hat auch {levels}: nicht übernommen.</translation>
  </message>
  <message>
   <source>Tick at least one raster; load one into the project if the list is empty.</source>
   <translation>Haken Sie mindestens ein Raster an; laden Sie eines ins Projekt, wenn die Liste leer ist.</translation>
  </message>
  <message>
   <source>Tick at least one raster; those whose files are missing cannot be indexed.</source>
   <translation>Haken Sie mindestens ein Raster an; die mit fehlenden Dateien können nicht indiziert werden.</translation>
  </message>
  <message>
   <source>Tick at least one window size.</source>
   <translation>Haken Sie mindestens eine Fenstergröße an.</translation>
  </message>
  <message>
   <source>{pixels} pixels</source>
   <translation>{pixels} Pixel</translation>
  </message>
  <message>
   <source>Re-index {archive}</source>
   <translation>{archive} neu indizieren</translation>
  </message>
  <message>
   <source>an overlap of {overlap} %</source>
   <translation>eine Überlappung von {overlap} %</translation>
  </message>
  <message>
   <source>Choose where the archive shall be.</source>
   <translation>Wählen Sie, wo das Archiv liegen soll.</translation>
  </message>
  <message>
   <source>Estimating...</source>
   <translation>Wird abgeschätzt...</translation>
  </message>
  <message>
   <source>{pixels}: {metres} on the ground in {raster}</source>
   <translation>{pixels}: {metres} am Boden in {raster}</translation>
  </message>
  <message>
   <source>About &lt;b&gt;{chips} chips&lt;/b&gt;, {time}, {disk} on disk</source>
   <translation>Etwa &lt;b&gt;{chips} Chips&lt;/b&gt;, {time}, {disk} auf der Platte</translation>
  </message>
  <message>
   <source>In use: {python}, named by the environment variable {variable}.</source>
   <translation>In Gebrauch: {python}, von der Umgebungsvariable {variable} genannt.</translation>
  </message>
  <message>
   <source>Installing the FRORS engine</source>
   <translation>Die FRORS-Engine wird installiert</translation>
  </message>
  <message>
   <source>Remove the packages of FRORS</source>
   <translation>Pakete von FRORS entfernen</translation>
  </message>
  <message>
   <source>The FRORS engine is ready</source>
   <translation>Die FRORS-Engine ist bereit</translation>
  </message>
  <message>
   <source>This did not work</source>
   <translation>Das hat nicht geklappt</translation>
  </message>
  <message>
   <source>In use: {python}.</source>
   <translation>In Gebrauch: {python}.</translation>
  </message>
  <message>
   <source>The FRORS engine does not start</source>
   <translation>Die FRORS-Engine startet nicht</translation>
  </message>
  <message>
   <source>Wait until the installation has ended, or cancel it in the FRORS panel.</source>
   <translation>Warten Sie, bis die Installation beendet ist, oder brechen Sie sie im FRORS-Bedienfeld ab.</translation>
  </message>
  <message>
   <source>The packages of FRORS are removed.</source>
   <translation>Die Pakete von FRORS sind entfernt.</translation>
  </message>
  <message>
   <source>torch {torch} computes on {device}.</source>
   <translation>torch {torch} rechnet auf {device}.</translation>
  </message>
  <message>
   <source>Installing {package}</source>
   <translation>{package} wird installiert</translation>
  </message>
  <message>
   <source>Trying {python}</source>
   <translation>{python} wird geprüft</translation>
  </message>
  <message>
   <source>the NVIDIA graphics card</source>
   <translation>der NVIDIA-Grafikkarte</translation>
  </message>
  <message>
   <source>the Apple graphics card</source>
   <translation>der Apple-Grafikkarte</translation>
  </message>
  <message>
   <source>the CPU</source>
   <translation>der CPU</translation>
  </message>
  <message>
   <source>The variable {variable} names its Python; without it FRORS can install one.</source>
   <translation>Die Umgebungsvariable {variable} nennt ihr Python; ohne sie kann FRORS eines einrichten.</translation>
  </message>
  <message>
   <source>No graphics card is used: {reason}.</source>
   <translation>Keine Grafikkarte wird benutzt: {reason}.</translation>
  </message>
  <message>
   <source>It can be installed again.</source>
   <translation>Sie kann neu installiert werden.</translation>
  </message>
  <message>
   <source>QGIS can be used meanwhile.</source>
   <translation>Sie können währenddessen mit QGIS weiterarbeiten.</translation>
  </message>
  <message>
   <source>What the engine computes with is installed once, in a folder of its own; QGIS's own Python stays as it is. Without a network, choose a folder with the packages; with an environment of your own, its Python.</source>
   <translation>Womit die Engine rechnet, wird einmal installiert, in einem eigenen Ordner; das Python von QGIS bleibt, wie es ist. Wählen Sie ohne Netz einen Ordner mit den Paketen, mit einer eigenen Umgebung deren Python.</translation>
  </message>
  <message>
   <source>Install</source>
   <translation>Installieren</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Noch einmal versuchen</translation>
  </message>
  <message>
   <source>Copy log</source>
   <translation>Protokoll kopieren</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>Los geht’s</translation>
  </message>
  <message>
   <source>Output</source>
   <translation>Ausgabe</translation>
  </message>
  <message>
   <source>Use an existing environment...</source>
   <translation>Vorhandene Umgebung benutzen...</translation>
  </message>
  <message>
   <source>Install from a folder of wheels...</source>
   <translation>Aus einem Ordner mit Wheels installieren...</translation>
  </message>
  <message>
   <source>Not now</source>
   <translation>Nicht jetzt</translation>
  </message>
  <message>
   <source>Folder: {folder}</source>
   <translation>Ordner: {folder}</translation>
  </message>
  <message>
   <source>The Python of an environment with these packages</source>
   <translation>Das Python einer Umgebung mit diesen Paketen</translation>
  </message>
  <message>
   <source>Install {package}</source>
   <translation>{package} installieren</translation>
  </message>
  <message>
   <source>Folder of wheels</source>
   <translation>Ordner mit Wheels</translation>
  </message>
  <message>
   <source>about {download} to download, {disk} on disk</source>
   <translation>etwa {download} zu laden, {disk} auf der Platte</translation>
  </message>
  <message>
   <source>Settings &gt; Options &gt; Network</source>
   <translation>Einstellungen &gt; Optionen &gt; Netzwerk</translation>
  </message>
  <message>
   <source>Then try again; what is there is kept.</source>
   <translation>Versuchen Sie es dann noch einmal; was da ist, bleibt.</translation>
  </message>
  <message>
   <source>For this Mac</source>
   <translation>Für diesen Mac</translation>
  </message>
  <message>
   <source>from PyPI</source>
   <translation>von PyPI</translation>
  </message>
  <message>
   <source>Install the FRORS engine</source>
   <translation>Die FRORS-Engine installieren</translation>
  </message>
  <message>
   <source>FRORS computes with PyTorch, torchvision, FAISS and safetensors, which QGIS does not bring. They go into a folder of their own; the Python of QGIS and its packages stay as they are.</source>
   <translation>FRORS rechnet mit PyTorch, torchvision, FAISS und safetensors, die QGIS nicht mitbringt. Sie kommen in einen eigenen Ordner; das Python von QGIS und seine Pakete bleiben, wie sie sind.</translation>
  </message>
  <message>
   <source>Not installed.</source>
   <translation>Nicht installiert.</translation>
  </message>
  <message>
   <source>{folder}: the installation was interrupted.</source>
   <translation>{folder}: die Installation wurde unterbrochen.</translation>
  </message>
  <message>
   <source>{folder}: ready, {size}.</source>
   <translation>{folder}: bereit, {size}.</translation>
  </message>
  <message>
   <source>{folder}: ready, made for another release of FRORS, {size}.</source>
   <translation>{folder}: bereit, für eine andere Version von FRORS gemacht, {size}.</translation>
  </message>
  <message>
   <source>{folder}: made for another Python than that of QGIS.</source>
   <translation>{folder}: für ein anderes Python als das von QGIS gemacht.</translation>
  </message>
  <message>
   <source>{folder}: not made by FRORS, so it is left alone.</source>
   <translation>{folder}: nicht von FRORS gemacht, bleibt also unberührt.</translation>
  </message>
  <message>
   <source>NVIDIA graphics card (CUDA)</source>
   <translation>NVIDIA-Grafikkarte (CUDA)</translation>
  </message>
  <message>
   <source>CPU</source>
   <translation>Prozessor (CPU)</translation>
  </message>
  <message>
   <source>Looking at disk and Python...</source>
   <translation>Platte und Python werden geprüft...</translation>
  </message>
  <message>
   <source>Making a virtual environment...</source>
   <translation>Eine virtuelle Umgebung wird angelegt...</translation>
  </message>
  <message>
   <source>Installing PyTorch...</source>
   <translation>PyTorch wird installiert...</translation>
  </message>
  <message>
   <source>Installing the other packages...</source>
   <translation>Die anderen Pakete werden installiert...</translation>
  </message>
  <message>
   <source>Trying whether everything works...</source>
   <translation>Es wird geprüft, ob alles läuft...</translation>
  </message>
  <message>
   <source>Finish the installation</source>
   <translation>Die Installation abschließen</translation>
  </message>
  <message>
   <source>It was interrupted, and goes on where it stopped.</source>
   <translation>Sie wurde unterbrochen und geht dort weiter, wo sie aufgehört hat.</translation>
  </message>
  <message>
   <source>Install the FRORS engine again</source>
   <translation>Die FRORS-Engine neu installieren</translation>
  </message>
  <message>
   <source>The Python of QGIS is another one than before, so its packages are installed anew.</source>
   <translation>Das Python von QGIS ist ein anderes als zuvor, daher werden seine Pakete neu installiert.</translation>
  </message>
  <message>
   <source>Everything is deleted and installed anew.</source>
   <translation>Alles wird gelöscht und neu installiert.</translation>
  </message>
  <message>
   <source>Update the FRORS engine</source>
   <translation>Die FRORS-Engine aktualisieren</translation>
  </message>
  <message>
   <source>This release of FRORS needs other versions of its packages.</source>
   <translation>Diese Version von FRORS braucht andere Versionen ihrer Pakete.</translation>
  </message>
  <message>
   <source>Or name a folder elsewhere in the environment variable {variable} and start QGIS again.</source>
   <translation>Oder nennen Sie in der Umgebungsvariable {variable} einen Ordner anderswo und starten Sie QGIS neu.</translation>
  </message>
  <message>
   <source>The packages could not be fetched: a server was not reached.</source>
   <translation>Die Pakete konnten nicht geholt werden: ein Server war nicht zu erreichen.</translation>
  </message>
  <message>
   <source>Check the connection, and the proxy in {network}. The CPU build comes from PyTorch's own index at download.pytorch.org; where only PyPI can be reached, take the other build.</source>
   <translation>Prüfen Sie die Verbindung und den Proxy in {network}. Die CPU-Fassung kommt aus PyTorchs eigenem Verzeichnis auf download.pytorch.org; wo nur PyPI zu erreichen ist, nehmen Sie die andere.</translation>
  </message>
  <message>
   <source>The proxy does not answer.</source>
   <translation>Der Proxy antwortet nicht.</translation>
  </message>
  <message>
   <source>Correct it in {network}.</source>
   <translation>Berichtigen Sie ihn in {network}.</translation>
  </message>
  <message>
   <source>The proxy asks for a user name and a password.</source>
   <translation>Der Proxy verlangt einen Benutzernamen und ein Passwort.</translation>
  </message>
  <message>
   <source>Enter them in {network}.</source>
   <translation>Tragen Sie beides in {network} ein.</translation>
  </message>
  <message>
   <source>The packages cannot be fetched through a SOCKS proxy.</source>
   <translation>Über einen SOCKS-Proxy können die Pakete nicht geholt werden.</translation>
  </message>
  <message>
   <source>Set an HTTP proxy in {network}, or install from a folder of wheels.</source>
   <translation>Stellen Sie in {network} einen HTTP-Proxy ein, oder installieren Sie aus einem Ordner mit Wheels.</translation>
  </message>
  <message>
   <source>The server's certificate is not trusted, as where a company looks into connections.</source>
   <translation>Dem Zertifikat des Servers wird nicht vertraut, etwa weil eine Firma in Verbindungen hineinsieht.</translation>
  </message>
  <message>
   <source>Ask your administrator for the certificate, name its file in the environment variable PIP_CERT and start QGIS again, or install from a folder of wheels.</source>
   <translation>Lassen Sie sich von der Systemverwaltung das Zertifikat geben, nennen Sie seine Datei in der Umgebungsvariable PIP_CERT und starten Sie QGIS neu, oder installieren Sie aus einem Ordner mit Wheels.</translation>
  </message>
  <message>
   <source>A package arrived damaged.</source>
   <translation>Ein Paket kam beschädigt an.</translation>
  </message>
  <message>
   <source>Try again. If it comes back, a proxy or virus scanner changes it, or the folder's file is damaged.</source>
   <translation>Versuchen Sie es noch einmal. Kommt es wieder, verändert es ein Proxy oder Virenscanner, oder die Datei im Ordner ist beschädigt.</translation>
  </message>
  <message>
   <source>The disk of {folder} is full.</source>
   <translation>Die Platte von {folder} ist voll.</translation>
  </message>
  <message>
   <source>Free some space on it.</source>
   <translation>Schaffen Sie dort Platz.</translation>
  </message>
  <message>
   <source>{needed} are needed on the disk of {folder} while installing, but {free} are free.</source>
   <translation>Während der Installation werden auf der Platte von {folder} {needed} gebraucht, frei sind aber {free}.</translation>
  </message>
  <message>
   <source>{subject} must not be written.</source>
   <translation>{subject} darf nicht beschrieben werden.</translation>
  </message>
  <message>
   <source>Give yourself the right to write there, then try again.</source>
   <translation>Geben Sie sich dort das Recht zu schreiben und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>A file is in use, or held by a virus scanner: {subject}</source>
   <translation>Eine Datei ist in Gebrauch oder wird von einem Virenscanner festgehalten: {subject}</translation>
  </message>
  <message>
   <source>Close other windows of QGIS, wait a minute and try again.</source>
   <translation>Schließen Sie andere Fenster von QGIS, warten Sie eine Minute und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>A path is longer than Windows allows.</source>
   <translation>Ein Pfad ist länger, als Windows erlaubt.</translation>
  </message>
  <message>
   <source>Name a short folder, such as C:/frors, in the environment variable {variable} and start QGIS again, or switch long paths on in Windows.</source>
   <translation>Nennen Sie in der Umgebungsvariable {variable} einen kurzen Ordner, etwa C:/frors, und starten Sie QGIS neu, oder schalten Sie in Windows lange Pfade ein.</translation>
  </message>
  <message>
   <source>There is no {subject} for Python {python} on this system where pip has looked.</source>
   <translation>Wo pip gesucht hat, gibt es {subject} nicht für Python {python} auf diesem System.</translation>
  </message>
  <message>
   <source>Take the other build or a folder with all wheels, or use an existing environment.</source>
   <translation>Nehmen Sie die andere Fassung oder einen Ordner mit allen Wheels, oder benutzen Sie eine vorhandene Umgebung.</translation>
  </message>
  <message>
   <source>There are no wheels in {subject}.</source>
   <translation>In {subject} sind keine Wheels.</translation>
  </message>
  <message>
   <source>Choose the folder into which they were downloaded, with files that end in .whl.</source>
   <translation>Wählen Sie den Ordner, in den sie geladen wurden, mit Dateien, die auf .whl enden.</translation>
  </message>
  <message>
   <source>There is no PyTorch any more for Macs with an Intel processor.</source>
   <translation>Für Macs mit Intel-Prozessor gibt es kein PyTorch mehr.</translation>
  </message>
  <message>
   <source>Use an existing environment that has the packages, or another computer.</source>
   <translation>Benutzen Sie eine vorhandene Umgebung mit den Paketen oder einen anderen Rechner.</translation>
  </message>
  <message>
   <source>No Python {python} with GDAL was found in this QGIS: {subject}</source>
   <translation>In diesem QGIS wurde kein Python {python} mit GDAL gefunden: {subject}</translation>
  </message>
  <message>
   <source>Use an existing environment in which `from osgeo import gdal` works, or install QGIS again.</source>
   <translation>Benutzen Sie eine vorhandene Umgebung, in der `from osgeo import gdal` geht, oder installieren Sie QGIS neu.</translation>
  </message>
  <message>
   <source>The Python of QGIS cannot make virtual environments.</source>
   <translation>Das Python von QGIS kann keine virtuellen Umgebungen anlegen.</translation>
  </message>
  <message>
   <source>Install {package}, on Debian and Ubuntu by `sudo apt install {package}`, then try again.</source>
   <translation>Installieren Sie {package}, unter Debian und Ubuntu mit `sudo apt install {package}`, und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>The Python of QGIS has no pip.</source>
   <translation>Das Python von QGIS hat kein pip.</translation>
  </message>
  <message>
   <source>PyTorch cannot be loaded: the Microsoft Visual C++ runtime is missing or too old.</source>
   <translation>PyTorch kann nicht geladen werden: die Laufzeitumgebung von Microsoft Visual C++ fehlt oder ist zu alt.</translation>
  </message>
  <message>
   <source>Install it from {vc_runtime}, restart the computer and try again.</source>
   <translation>Installieren Sie sie von {vc_runtime}, starten Sie den Rechner neu und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>numpy does not fit the GDAL of QGIS.</source>
   <translation>numpy passt nicht zum GDAL von QGIS.</translation>
  </message>
  <message>
   <source>Remove the packages in Settings &gt; Options &gt; FRORS, then install them again.</source>
   <translation>Entfernen Sie die Pakete in Einstellungen &gt; Optionen &gt; FRORS und installieren Sie sie neu.</translation>
  </message>
  <message>
   <source>The installation was ended from outside, often for want of memory.</source>
   <translation>Die Installation wurde von außen beendet, oft aus Mangel an Speicher.</translation>
  </message>
  <message>
   <source>Close other programs.</source>
   <translation>Schließen Sie andere Programme.</translation>
  </message>
  <message>
   <source>Another QGIS is at it (process {subject}).</source>
   <translation>Ein anderes QGIS ist gerade dabei (Prozess {subject}).</translation>
  </message>
  <message>
   <source>Wait until it has ended, then try again.</source>
   <translation>Warten Sie, bis es fertig ist, und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>{folder} was not made by FRORS, so it is left alone.</source>
   <translation>{folder} wurde nicht von FRORS gemacht und bleibt unberührt.</translation>
  </message>
  <message>
   <source>Move it away, then try again.</source>
   <translation>Räumen Sie es beiseite und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>The packages do not work: {subject}</source>
   <translation>Die Pakete laufen nicht: {subject}</translation>
  </message>
  <message>
   <source>Remove them in Settings &gt; Options &gt; FRORS and install them again. If it comes back, report the log.</source>
   <translation>Entfernen Sie sie in Einstellungen &gt; Optionen &gt; FRORS und installieren Sie sie neu. Kommt es wieder, melden Sie das Protokoll.</translation>
  </message>
  <message>
   <source>This Python lacks {subject}.</source>
   <translation>Diesem Python fehlt {subject}.</translation>
  </message>
  <message>
   <source>Choose another existing environment, or install the FRORS engine from here.</source>
   <translation>Wählen Sie eine andere vorhandene Umgebung, oder installieren Sie die FRORS-Engine von hier aus.</translation>
  </message>
  <message>
   <source>This Python cannot run the FRORS engine: {subject}</source>
   <translation>Dieses Python kann die FRORS-Engine nicht ausführen: {subject}</translation>
  </message>
  <message>
   <source>It ended with an error: {subject}</source>
   <translation>Es endete mit einem Fehler: {subject}</translation>
  </message>
  <message>
   <source>The output says more. Trying again goes on where it stopped; if it comes back, report the log.</source>
   <translation>Die Ausgabe sagt mehr. Ein neuer Versuch geht dort weiter, wo es aufgehört hat; kommt es wieder, melden Sie das Protokoll.</translation>
  </message>
  <message>
   <source>from {host} and PyPI</source>
   <translation>von {host} und PyPI</translation>
  </message>
  <message>
   <source>The layer did not answer in time; check the connection and draw the box again.</source>
   <translation>Der Layer hat nicht rechtzeitig geantwortet; prüfen Sie die Verbindung, und ziehen Sie den Rahmen noch einmal.</translation>
  </message>
  <message>
   <source>The layer shows a single colour in the box; wait until the map is drawn there, or draw elsewhere.</source>
   <translation>Der Layer zeigt im Rahmen eine einzige Farbe; warten Sie, bis die Karte dort gezeichnet ist, oder ziehen Sie ihn anderswo.</translation>
  </message>
  <message>
   <source>The picture of the layer cannot be written to {folder}.</source>
   <translation>Das Bild des Layers kann nicht nach {folder} geschrieben werden.</translation>
  </message>
  <message>
   <source>The layer cannot be drawn: {reason}</source>
   <translation>Der Layer kann nicht gezeichnet werden: {reason}</translation>
  </message>
  <message>
   <source>Search in {archive}</source>
   <translation>In {archive} suchen</translation>
  </message>
  <message>
   <source>Marked match of {raster}</source>
   <translation>Markierter Treffer aus {raster}</translation>
  </message>
  <message>
   <source>Match {rank} of {raster}</source>
   <translation>Treffer {rank} aus {raster}</translation>
  </message>
  <message>
   <source>{condition}: not known, {percent} % likely</source>
   <translation>{condition}: nicht bekannt, zu {percent} % wahrscheinlich</translation>
  </message>
  <message>
   <source>Rank {rank}, score {score}</source>
   <translation>Rang {rank}, Ähnlichkeit {score}</translation>
  </message>
  <message>
   <source>Not among the matches any more</source>
   <translation>Nicht mehr unter den Treffern</translation>
  </message>
  <message>
   <source>Match {rank}, score {score}, {raster}</source>
   <translation>Treffer {rank}, Ähnlichkeit {score}, {raster}</translation>
  </message>
  <message>
   <source>Not among the matches any more, {raster}</source>
   <translation>Nicht mehr unter den Treffern, {raster}</translation>
  </message>
  <message>
   <source>{size} on the ground</source>
   <translation>{size} am Boden</translation>
  </message>
  <message>
   <source>right</source>
   <translation>richtig</translation>
  </message>
  <message>
   <source>wrong</source>
   <translation>falsch</translation>
  </message>
  <message>
   <source>Acquired {date}</source>
   <translation>Aufgenommen am {date}</translation>
  </message>
  <message>
   <source>The matches, best first, each with its rank, its score (the cosine of the embeddings) and its raster. A click flashes a match on the map, a double-click or Enter goes there. + marks it as right, - as wrong, Delete takes the mark away, Ctrl+Z the last one; so do the signs on its picture. The context menu also searches again with it and says why it is a match.</source>
   <translation>Die Treffer, der beste zuerst, jeder mit seinem Rang, seiner Ähnlichkeit (dem Kosinus der Embeddings) und seinem Raster. Ein Klick lässt einen Treffer auf der Karte aufblinken, ein Doppelklick oder die Eingabetaste führt hin. + markiert ihn als richtig, - als falsch, Entf nimmt die Markierung weg, Strg+Z die letzte; die Zeichen auf seinem Bild tun dasselbe. Das Kontextmenü sucht auch mit ihm weiter und sagt, warum er ein Treffer ist.</translation>
  </message>
  <message>
   <source>Search again with this match</source>
   <translation>Mit diesem Treffer weitersuchen</translation>
  </message>
  <message>
   <source>Same place, other dates</source>
   <translation>Derselbe Ort, andere Tage</translation>
  </message>
  <message>
   <source>Same kind, elsewhere</source>
   <translation>Das Gleiche, anderswo</translation>
  </message>
  <message>
   <source>Why this match?</source>
   <translation>Warum dieser Treffer?</translation>
  </message>
  <message>
   <source>Zoom to this match</source>
   <translation>Zu diesem Treffer zoomen</translation>
  </message>
  <message>
   <source>Flash on the map</source>
   <translation>Auf der Karte aufblinken lassen</translation>
  </message>
  <message>
   <source>Acquisition of its raster...</source>
   <translation>Aufnahme seines Rasters...</translation>
  </message>
  <message>
   <source>Right: more like this (+)</source>
   <translation>Richtig: mehr davon (+)</translation>
  </message>
  <message>
   <source>Wrong: less like this (-)</source>
   <translation>Falsch: weniger davon (-)</translation>
  </message>
  <message>
   <source>Take the mark away (Delete)</source>
   <translation>Die Markierung wegnehmen (Entf)</translation>
  </message>
  <message>
   <source>Delete the packages that FRORS has installed? Archives and encoders stay.</source>
   <translation>Die Pakete löschen, die FRORS installiert hat? Archive und Encoder bleiben.</translation>
  </message>
  <message>
   <source>All cores</source>
   <translation>Alle Kerne</translation>
  </message>
  <message>
   <source>The engine gives way to QGIS by itself; fewer threads leave more to other programs</source>
   <translation>Die Engine lässt QGIS von selbst den Vortritt; weniger Threads lassen anderen Programmen mehr</translation>
  </message>
  <message>
   <source> MiB</source>
   <translation> MiB</translation>
  </message>
  <message>
   <source>Disk for thumbnails while QGIS runs; the oldest go first</source>
   <translation>Platz für Vorschaubilder, solange QGIS läuft; die ältesten gehen zuerst</translation>
  </message>
  <message>
   <source>For archives of many millions of chips in a file: some of the best matches may be missed by hash codes</source>
   <translation>Für Archive mit vielen Millionen Chips in einer Datei: mit Hashcodes können einige der besten Treffer fehlen</translation>
  </message>
  <message>
   <source>Empty: the one that FRORS has installed</source>
   <translation>Leer: das von FRORS eingerichtete</translation>
  </message>
  <message>
   <source>Install in the FRORS panel</source>
   <translation>Im FRORS-Bedienfeld installieren</translation>
  </message>
  <message>
   <source>Remove...</source>
   <translation>Entfernen...</translation>
  </message>
  <message>
   <source>Empty: beside the project</source>
   <translation>Leer: neben dem Projekt</translation>
  </message>
  <message>
   <source>The scale that the indexing dialog proposes</source>
   <translation>Der Maßstab, den der Dialog zum Indizieren vorschlägt</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>Engine</translation>
  </message>
  <message>
   <source>The engine is a process of its own. Device: where it computes embeddings. Threads: how many cores it may use. Thumbnails: how much disk their cache may take while QGIS runs. Memory of a search: what it holds of an archive.</source>
   <translation>Die Engine ist ein eigener Prozess. Gerät: wo sie Embeddings berechnet. Threads: wie viele Kerne sie nutzen darf. Vorschaubilder: wie viel Platz auf der Platte sie belegen dürfen, während QGIS läuft. Speicher einer Suche: was sie von einem Archiv bereithält.</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>Threads</source>
   <translation>Threads</translation>
  </message>
  <message>
   <source>Thumbnails</source>
   <translation>Vorschaubilder</translation>
  </message>
  <message>
   <source>Memory of a search</source>
   <translation>Speicher einer Suche</translation>
  </message>
  <message>
   <source>Packages of the engine</source>
   <translation>Pakete der Engine</translation>
  </message>
  <message>
   <source>What the engine computes with, in a folder of its own that can be installed and deleted here, or the Python of an environment that has it already.</source>
   <translation>Womit die Engine rechnet, in einem eigenen Ordner, der sich hier installieren und löschen lässt, oder das Python einer Umgebung, die es schon hat.</translation>
  </message>
  <message>
   <source>Python</source>
   <translation>Python</translation>
  </message>
  <message>
   <source>New archives</source>
   <translation>Neue Archive</translation>
  </message>
  <message>
   <source>What the indexing dialog proposes: where a new archive goes, at what ground GSD rasters are read and into windows of what size they are cut.</source>
   <translation>Was der Dialog zum Indizieren vorschlägt: wohin ein neues Archiv kommt, mit welchem GSD am Boden Raster gelesen und in wie große Fenster sie geschnitten werden.</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Automatic: a graphics card where one works, else the CPU</source>
   <translation>Automatisch: eine Grafikkarte, wo eine funktioniert, sonst der Prozessor</translation>
  </message>
  <message>
   <source>Apple graphics card (MPS)</source>
   <translation>Apple-Grafikkarte (MPS)</translation>
  </message>
  <message>
   <source>Fast: some 270 bytes for each chip</source>
   <translation>Schnell: etwa 270 Byte für jeden Chip</translation>
  </message>
  <message>
   <source>Small: hash codes of 128 bits, 20 bytes for each chip</source>
   <translation>Klein: Hashcodes mit 128 Bit, 20 Byte für jeden Chip</translation>
  </message>
  <message>
   <source>Small, finds more: hash codes as long as the embedding, 36 bytes</source>
   <translation>Klein, findet mehr: Hashcodes so lang wie das Embedding, 36 Byte</translation>
  </message>
  <message>
   <source>Outlining the matches...</source>
   <translation>Die Treffer werden umrissen...</translation>
  </message>
  <message>
   <source>Outline matches</source>
   <translation>Treffer umreißen</translation>
  </message>
  <message>
   <source>1 raster could not be read.</source>
   <translation>1 Raster konnte nicht gelesen werden.</translation>
  </message>
  <message>
   <source>{count} rasters could not be read.</source>
   <translation>{count} Raster konnten nicht gelesen werden.</translation>
  </message>
  <message>
   <source>The query has changed meanwhile; outline its matches again.</source>
   <translation>Die Anfrage hat sich inzwischen geändert; lassen Sie ihre Treffer noch einmal umreißen.</translation>
  </message>
  <message>
   <source>Some matches have no outline: {told}</source>
   <translation>Manche Treffer haben keinen Umriss: {told}</translation>
  </message>
  <message>
   <source>Something that takes its time, and the button that ends it. You can work on meanwhile.</source>
   <translation>Etwas, das dauert, und der Knopf, der es beendet. Sie können inzwischen weiterarbeiten.</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>{percent} %</source>
   <translation>{percent} %</translation>
  </message>
  <message>
   <source>{percent}, {time} left</source>
   <translation>{percent}, noch {time}</translation>
  </message>
  <message>
   <source>The query: what a box shows, drawn round one thing on any raster layer. By default it is compared with chips of its own size on the ground; Any size lets it find larger and smaller things, too. Only in view keeps to what the map shows, also when you move on. Matches says how many are wanted.</source>
   <translation>Die Anfrage: was ein Rahmen zeigt, um ein Ding auf irgendeinem Rasterlayer gezogen. Üblicherweise wird sie mit Chips ihrer eigenen Größe am Boden verglichen; mit Jede Größe findet sie auch Größeres und Kleineres. Nur im Kartenausschnitt bleibt bei dem, was die Karte zeigt, auch wenn Sie sie verschieben. Treffer sagt, wie viele gewünscht sind.</translation>
  </message>
  <message>
   <source>Place, time and sensor: also ask where, when and by what</source>
   <translation>Ort, Zeit und Sensor: auch danach fragen, wo, wann und womit</translation>
  </message>
  <message>
   <source>No query yet</source>
   <translation>Noch keine Anfrage</translation>
  </message>
  <message>
   <source>Draw a box round what you look for</source>
   <translation>Ziehen Sie einen Rahmen um das Gesuchte</translation>
  </message>
  <message>
   <source>Also compare with chips whose ground size differs from the box</source>
   <translation>Auch mit Chips vergleichen, deren Größe am Boden von der des Rahmens abweicht</translation>
  </message>
  <message>
   <source>Only in view</source>
   <translation>Nur im Kartenausschnitt</translation>
  </message>
  <message>
   <source>Only find what lies within the map's extent; the matches follow it</source>
   <translation>Nur finden, was im Ausschnitt der Karte liegt; die Treffer folgen ihm</translation>
  </message>
  <message>
   <source>How many matches to show</source>
   <translation>Wie viele Treffer gezeigt werden</translation>
  </message>
  <message>
   <source>Picture of the query</source>
   <translation>Bild der Anfrage</translation>
  </message>
  <message>
   <source>In the archive already</source>
   <translation>Schon im Archiv</translation>
  </message>
  <message>
   <source>Pixel</source>
   <translation>Pixel</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>Aufnahme</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>Anmerkung</translation>
  </message>
  <message>
   <source>About {count} of them are new</source>
   <translation>Etwa {count} davon sind neu</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>unbekannt</translation>
  </message>
  <message>
   <source>Not a file: boxes on it can be searched, but it is not indexed.</source>
   <translation>Keine Datei: mit Rahmen darauf kann gesucht werden, aber es wird nicht indiziert.</translation>
  </message>
  <message>
   <source>QGIS cannot read this layer.</source>
   <translation>QGIS kann diesen Layer nicht lesen.</translation>
  </message>
  <message>
   <source>The layer has no coordinate reference system; set one in its properties and save it in the file.</source>
   <translation>Der Layer hat kein Koordinatenbezugssystem; setzen Sie eines in seinen Eigenschaften, und speichern Sie es in der Datei.</translation>
  </message>
  <message>
   <source>The file is missing: {path}</source>
   <translation>Die Datei fehlt: {path}</translation>
  </message>
  <message>
   <source>{archive} was made by another version of the encoder {encoder} than is installed here.</source>
   <translation>{archive} wurde von einer anderen Version des Encoders {encoder} gemacht, als hier installiert ist.</translation>
  </message>
  <message>
   <source>{archive} was made by the encoder {encoder}, which is not installed here.</source>
   <translation>{archive} wurde vom Encoder {encoder} gemacht, der hier nicht installiert ist.</translation>
  </message>
  <message>
   <source>{reason} Without it one can only search by chips of the archive; draw a box, and FRORS offers to re-index.</source>
   <translation>{reason} Ohne ihn kann nur mit Chips des Archivs gesucht werden; ziehen Sie einen Rahmen, und FRORS bietet an, neu zu indizieren.</translation>
  </message>
  <message>
   <source>Write matches</source>
   <translation>Treffer schreiben</translation>
  </message>
  <message>
   <source>Write outlines</source>
   <translation>Umrisse schreiben</translation>
  </message>
  <message>
   <source>The layer of matches cannot be written to; it does not follow the ranking.</source>
   <translation>Der Layer der Treffer kann nicht geschrieben werden; er folgt der Rangfolge nicht.</translation>
  </message>
  <message>
   <source>The folder of the archive cannot be written to, so the matches are a temporary layer.</source>
   <translation>In den Ordner des Archivs kann nicht geschrieben werden; darum sind die Treffer ein temporärer Layer.</translation>
  </message>
  <message>
   <source>{layer} is being edited; it follows when you have saved it.</source>
   <translation>{layer} wird gerade bearbeitet; er folgt, wenn Sie ihn gespeichert haben.</translation>
  </message>
  <message>
   <source>{layer} cannot be written to; it does not follow the marks.</source>
   <translation>{layer} kann nicht geschrieben werden; er folgt den Markierungen nicht.</translation>
  </message>
  <message>
   <source>FRORS matches</source>
   <translation>FRORS-Treffer</translation>
  </message>
  <message>
   <source>Query box</source>
   <translation>Rahmen der Anfrage</translation>
  </message>
  <message>
   <source>Outlines</source>
   <translation>Umrisse</translation>
  </message>
  <message>
   <source>marked right</source>
   <translation>richtig</translation>
  </message>
  <message>
   <source>marked wrong</source>
   <translation>falsch</translation>
  </message>
  <message>
   <source>{low} to {high}</source>
   <translation>{low} bis {high}</translation>
  </message>
  <message>
   <source>Draw the part of each match that is most like the query on the map</source>
   <translation>Den Teil jedes Treffers, der der Anfrage am ähnlichsten ist, auf die Karte zeichnen</translation>
  </message>
  <message>
   <source>Print contact sheet...</source>
   <translation>Kontaktbogen drucken...</translation>
  </message>
  <message>
   <source>The query and its matches with their pictures as a PDF document or an image</source>
   <translation>Die Anfrage und ihre Treffer mit Bildern als PDF-Dokument oder als Bild</translation>
  </message>
  <message>
   <source>Export matches...</source>
   <translation>Treffer exportieren...</translation>
  </message>
  <message>
   <source>Add as a PostGIS layer</source>
   <translation>Als PostGIS-Layer hinzufügen</translation>
  </message>
  <message>
   <source>The archive's own chips in the database, with rank and score</source>
   <translation>Die Chips des Archivs selbst in der Datenbank, mit Rang und Ähnlichkeit</translation>
  </message>
  <message>
   <source>Re-index...</source>
   <translation>Neu indizieren...</translation>
  </message>
  <message>
   <source>Search by its chip</source>
   <translation>Mit seinem Chip suchen</translation>
  </message>
  <message>
   <source>This page says what to do next; its buttons do it.</source>
   <translation>Diese Seite sagt, was als Nächstes zu tun ist; ihre Knöpfe tun es.</translation>
  </message>
  <message>
   <source>Start with an archive</source>
   <translation>Beginnen Sie mit einem Archiv</translation>
  </message>
  <message>
   <source>Index the rasters of this project into a new archive, or open one that you already have.</source>
   <translation>Indizieren Sie die Raster dieses Projekts in ein neues Archiv, oder öffnen Sie eines, das Sie schon haben.</translation>
  </message>
  <message>
   <source>This archive is empty</source>
   <translation>Dieses Archiv ist leer</translation>
  </message>
  <message>
   <source>Index rasters of this project into it; then draw a box to search.</source>
   <translation>Indizieren Sie Raster dieses Projekts hinein; ziehen Sie dann einen Rahmen, um zu suchen.</translation>
  </message>
  <message>
   <source>What is indexed already can be searched: draw a box on the map.</source>
   <translation>Was schon indiziert ist, kann durchsucht werden: ziehen Sie einen Rahmen auf der Karte.</translation>
  </message>
  <message>
   <source>The archive was not opened</source>
   <translation>Das Archiv wurde nicht geöffnet</translation>
  </message>
  <message>
   <source>Draw a box on the map</source>
   <translation>Ziehen Sie einen Rahmen auf der Karte</translation>
  </message>
  <message>
   <source>Drag it round one thing, on any raster layer. What looks most like it in the archive appears here.</source>
   <translation>Ziehen Sie ihn um ein einzelnes Ding, auf einem beliebigen Rasterlayer. Was ihm im Archiv am ähnlichsten sieht, erscheint hier.</translation>
  </message>
  <message>
   <source>Searching...</source>
   <translation>Wird gesucht...</translation>
  </message>
  <message>
   <source>The best matches will appear here.</source>
   <translation>Die besten Treffer erscheinen hier.</translation>
  </message>
  <message>
   <source>No matches to show</source>
   <translation>Keine Treffer zu zeigen</translation>
  </message>
  <message>
   <source>Made by another encoder</source>
   <translation>Von einem anderen Encoder</translation>
  </message>
  <message>
   <source>Outline, print or export the matches</source>
   <translation>Die Treffer umreißen, drucken oder exportieren</translation>
  </message>
  <message>
   <source>What can be made of the matches: a layer with the part of each that is most like the query, a contact sheet with their pictures, or a file in any vector format that QGIS writes.</source>
   <translation>Was sich aus den Treffern machen lässt: ein Layer mit dem Teil eines jeden, der der Anfrage am ähnlichsten ist, ein Kontaktbogen mit ihren Bildern oder eine Datei in jedem Vektorformat, das QGIS schreibt.</translation>
  </message>
  <message>
   <source>Nothing found</source>
   <translation>Nichts gefunden</translation>
  </message>
  <message>
   <source>Its own chips can still be searched with, such as the one under the box.</source>
   <translation>Mit seinen eigenen Chips kann weiterhin gesucht werden, etwa mit dem unter dem Rahmen.</translation>
  </message>
  <message>
   <source>Its own chips can still be searched with: draw a box over one of them.</source>
   <translation>Mit seinen eigenen Chips kann weiterhin gesucht werden: ziehen Sie einen Rahmen über einen davon.</translation>
  </message>
  <message>
   <source>Tick Any size, untick Only in view, or index more rasters.</source>
   <translation>Haken Sie "Jede Größe" an, nehmen Sie den Haken von "Nur im Kartenausschnitt", oder indizieren Sie mehr Raster.</translation>
  </message>
  <message>
   <source>No match passes the filters; widen them.</source>
   <translation>Kein Treffer kommt durch die Filter; weiten Sie sie.</translation>
  </message>
  <message>
   <source>To search by box, index its rasters into a new archive by {encoder}; {archive} stays as it is.</source>
   <translation>Um mit Rahmen zu suchen, indizieren Sie seine Raster mit {encoder} in ein neues Archiv; {archive} bleibt, wie es ist.</translation>
  </message>
  <message>
   <source>{archive} is still in use.</source>
   <translation>{archive} ist weiterhin in Gebrauch.</translation>
  </message>
  <message>
   <source>Saved queries: keep this query with its examples, or search with one that was kept</source>
   <translation>Gespeicherte Anfragen: diese Anfrage mit ihren Beispielen behalten, oder mit einer behaltenen suchen</translation>
  </message>
  <message>
   <source>Saved queries</source>
   <translation>Gespeicherte Anfragen</translation>
  </message>
  <message>
   <source>Queries that are kept in the archive, with their picture, their examples and their filters. Search with one again, or only in what has come into the archive since it was last searched with.</source>
   <translation>Anfragen, die im Archiv aufgehoben sind, mit ihrem Bild, ihren Beispielen und ihren Filtern. Suchen Sie wieder mit einer, oder nur in dem, was ins Archiv gekommen ist, seit zuletzt mit ihr gesucht wurde.</translation>
  </message>
  <message>
   <source>Save this query...</source>
   <translation>Diese Anfrage speichern...</translation>
  </message>
  <message>
   <source>1 new chip</source>
   <translation>1 neuer Chip</translation>
  </message>
  <message>
   <source>{count} new chips</source>
   <translation>{count} neue Chips</translation>
  </message>
  <message>
   <source>No saved queries</source>
   <translation>Keine gespeicherten Anfragen</translation>
  </message>
  <message>
   <source>The archive is not open yet</source>
   <translation>Das Archiv ist noch nicht geöffnet</translation>
  </message>
  <message>
   <source>Search what is new since {date} ({new})</source>
   <translation>Suchen, was seit {date} neu ist ({new})</translation>
  </message>
  <message>
   <source>Delete...</source>
   <translation>Löschen...</translation>
  </message>
  <message>
   <source>Save this query</source>
   <translation>Diese Anfrage speichern</translation>
  </message>
  <message>
   <source>Name of the query in the archive:</source>
   <translation>Name der Anfrage im Archiv:</translation>
  </message>
  <message>
   <source>Save query</source>
   <translation>Anfrage speichern</translation>
  </message>
  <message>
   <source>Read query</source>
   <translation>Anfrage lesen</translation>
  </message>
  <message>
   <source>Delete query</source>
   <translation>Anfrage löschen</translation>
  </message>
  <message>
   <source>Note the search</source>
   <translation>Die Suche vermerken</translation>
  </message>
  <message>
   <source>Replace a query</source>
   <translation>Eine Anfrage ersetzen</translation>
  </message>
  <message>
   <source>Delete a query</source>
   <translation>Eine Anfrage löschen</translation>
  </message>
  <message>
   <source>{name} is saved in the archive.</source>
   <translation>{name} ist im Archiv gespeichert.</translation>
  </message>
  <message>
   <source>{rasters} of the filter of {query} are in the archive no more.</source>
   <translation>{rasters} des Filters von {query} sind nicht mehr im Archiv.</translation>
  </message>
  <message>
   <source>There is a saved query {name} already. Replace it?</source>
   <translation>Es gibt schon eine gespeicherte Anfrage {name}. Soll sie ersetzt werden?</translation>
  </message>
  <message>
   <source>Delete the saved query {name} from the archive?</source>
   <translation>Soll die gespeicherte Anfrage {name} aus dem Archiv gelöscht werden?</translation>
  </message>
  <message>
   <source>Reading the box...</source>
   <translation>Der Rahmen wird gelesen...</translation>
  </message>
  <message>
   <source>by place, time and sensor</source>
   <translation>nach Ort, Zeit und Sensor</translation>
  </message>
  <message>
   <source>Choose an archive in the FRORS panel first, or index this project's rasters.</source>
   <translation>Wählen Sie zuerst ein Archiv im FRORS-Bedienfeld, oder indizieren Sie die Raster dieses Projekts.</translation>
  </message>
  <message>
   <source>Drag a box round what you look for: press, pull and let go.</source>
   <translation>Ziehen Sie einen Rahmen um das Gesuchte: drücken, ziehen und loslassen.</translation>
  </message>
  <message>
   <source>There is no match to mark; drag a box for an example.</source>
   <translation>Da ist kein Treffer zum Markieren; ziehen Sie für ein Beispiel einen Rahmen.</translation>
  </message>
  <message>
   <source>Chip of {raster}</source>
   <translation>Chip aus {raster}</translation>
  </message>
  <message>
   <source>{query}, new since {date}</source>
   <translation>{query}, neu seit {date}</translation>
  </message>
  <message>
   <source>The archive's embeddings were made elsewhere: it was searched with its own chip under the box.</source>
   <translation>Die Embeddings des Archivs wurden anderswo gemacht: Gesucht wurde mit seinem eigenen Chip unter dem Rahmen.</translation>
  </message>
  <message>
   <source>Timeline of the matches</source>
   <translation>Zeitleiste der Treffer</translation>
  </message>
  <message>
   <source>When the matches were taken: a tick for each, higher where several fall together. A click or the arrow keys choose a match.</source>
   <translation>Wann die Treffer aufgenommen wurden: ein Strich für jeden, höher, wo mehrere zusammenfallen. Ein Klick oder die Pfeiltasten wählen einen Treffer.</translation>
  </message>
  <message>
   <source>No match has a date</source>
   <translation>Kein Treffer hat ein Datum</translation>
  </message>
  <message>
   <source>1 match</source>
   <translation>1 Treffer</translation>
  </message>
  <message>
   <source>{count} matches</source>
   <translation>{count} Treffer</translation>
  </message>
  <message>
   <source>{count} without a date</source>
   <translation>{count} ohne Datum</translation>
  </message>
  <message>
   <source>Dim what is less like the query</source>
   <translation>Abdunkeln, was der Anfrage weniger ähnlich ist</translation>
  </message>
  <message>
   <source>The match as the engine sees it: the less a part of it is like the query, the darker it is, and the box is round the part that is most like it. The classes are those that the encoder was trained on.</source>
   <translation>Der Treffer, wie ihn die Engine sieht: je weniger ein Teil der Anfrage ähnelt, desto dunkler ist er, und der Rahmen liegt um den ähnlichsten Teil. Die Klassen sind die, auf denen der Encoder trainiert wurde.</translation>
  </message>
  <message>
   <source>Show on the map</source>
   <translation>Auf der Karte zeigen</translation>
  </message>
  <message>
   <source>All of it is like the query: score {score}.</source>
   <translation>Er ist als Ganzes wie die Anfrage: Ähnlichkeit {score}.</translation>
  </message>
  <message>
   <source>The part in the box, {size} wide, is most like the query: score {part}, the whole {whole}.</source>
   <translation>Der umrahmte Teil, {size} breit, ist der Anfrage am ähnlichsten: {part}, das Ganze {whole}.</translation>
  </message>
  <message>
   <source>Of the classes that the encoder has learnt it is most like: {classes}.</source>
   <translation>Von den Klassen, die der Encoder gelernt hat, gleicht er am meisten: {classes}.</translation>
  </message>
  <message>
   <source>{name} {percent} %</source>
   <translation>{name} {percent} %</translation>
  </message>
  <message>
   <source>{matches}, scores {best} to {worst}</source>
   <translation>{matches}, Ähnlichkeit {best} bis {worst}</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min</source>
   <translation>{hours} h {minutes} min</translation>
  </message>
  <message>
   <source>{length} m</source>
   <translation>{length} m</translation>
  </message>
  <message>
   <source>{width} x {height} m</source>
   <translation>{width} x {height} m</translation>
  </message>
  <message>
   <source>{matches}, score {score}</source>
   <translation>{matches}, Ähnlichkeit {score}</translation>
  </message>
  <message>
   <source>{seconds} s</source>
   <translation>{seconds} s</translation>
  </message>
  <message>
   <source>{minutes} min</source>
   <translation>{minutes} min</translation>
  </message>
  <message>
   <source>{length} km</source>
   <translation>{length} km</translation>
  </message>
  <message>
   <source>{width} x {height} km</source>
   <translation>{width} x {height} km</translation>
  </message>
  <message>
   <source>Read the line</source>
   <translation>Zeile lesen</translation>
  </message>
  <message>
   <source>Where, when and by what sensor: conditions with commas between them, such as sentinel-2, summer, within 50 km, resolution &lt; 15 m, cloud &lt; 20, June 2018, since 2019, before 2021. Enter searches.</source>
   <translation>Wo, wann und mit welchem Sensor: Bedingungen mit Kommas dazwischen, auf Englisch, etwa sentinel-2, summer, within 50 km, resolution &lt; 15 m, cloud &lt; 20, June 2018, since 2019, before 2021. Die Eingabetaste sucht.</translation>
  </message>
  <message>
   <source>How much the words weigh against the looks. Where it is not known of a raster whether it is what they ask for, it counts by how likely that is: by its platform, sensor, resolution and date as far as they are known, and by the other rasters of the archive. Such matches have a question mark behind their score. Where the words must hold they are left out.</source>
   <translation>Wie viel die Worte gegenüber dem Aussehen wiegen. Ist von einem Raster nicht bekannt, ob es so ist, wie sie es verlangen, so zählt, wie wahrscheinlich das ist: nach seiner Plattform, seinem Sensor, seiner Auflösung und seinem Datum, soweit bekannt, und nach den anderen Rastern des Archivs. Solche Treffer haben ein Fragezeichen hinter ihrer Ähnlichkeit. Wo die Worte gelten müssen, bleiben sie weg.</translation>
  </message>
  <message>
   <source>sentinel-2, summer, within 50 km</source>
   <translation>sentinel-2, summer, within 50 km</translation>
  </message>
  <message>
   <source>Search by these words alone</source>
   <translation>Nur nach diesen Worten suchen</translation>
  </message>
  <message>
   <source>Acquisitions of the rasters...</source>
   <translation>Aufnahmen der Raster...</translation>
  </message>
  <message>
   <source>Queries by place, time and sensor</source>
   <translation>Anfragen nach Ort, Zeit und Sensor</translation>
  </message>
  <message>
   <source>Weight of the words</source>
   <translation>Gewicht der Worte</translation>
  </message>
  <message>
   <source>Weight</source>
   <translation>Gewicht</translation>
  </message>
  <message>
   <source>must hold</source>
   <translation>muss gelten</translation>
  </message>
 </context>
 <context>
  <name>engine</name>
  <message>
   <source>'or' cannot join a distance with another condition; put a comma between them.</source>
   <translation>'or' kann eine Entfernung nicht mit einer anderen Bedingung verbinden; setzen Sie ein Komma dazwischen.</translation>
  </message>
  <message>
   <source>A GSD is a positive number of metres.</source>
   <translation>Eine GSD ist eine positive Zahl von Metern.</translation>
  </message>
  <message>
   <source>A checkpoint cannot hold an encoder of these classes: {0}.</source>
   <translation>Ein Checkpoint kann einen Encoder dieser Klassen nicht fassen: {0}.</translation>
  </message>
  <message>
   <source>A distance is more than 0 and at most {0} km.</source>
   <translation>Eine Entfernung ist größer als 0 und höchstens {0} km.</translation>
  </message>
  <message>
   <source>A feature must be an object with id, label and box.</source>
   <translation>Ein Objekt muss ein JSON-Objekt mit id, label und box sein.</translation>
  </message>
  <message>
   <source>A footprint in the archive is not one that FRORS wrote: restore the archive from a copy or index again.</source>
   <translation>Ein Umriss im Archiv ist nicht von FRORS geschrieben: stellen Sie das Archiv aus einer Kopie wieder her, oder indizieren Sie neu.</translation>
  </message>
  <message>
   <source>A geometry is empty, or its coordinates are no numbers.</source>
   <translation>Eine Geometrie ist leer, oder ihre Koordinaten sind keine Zahlen.</translation>
  </message>
  <message>
   <source>A geometry is none that GDAL can read.</source>
   <translation>Eine Geometrie ist keine, die GDAL lesen kann.</translation>
  </message>
  <message>
   <source>A geometry is none that GDAL can read. ({0})</source>
   <translation>Eine Geometrie ist keine, die GDAL lesen kann. ({0})</translation>
  </message>
  <message>
   <source>A line of conditions has at most {0} letters.</source>
   <translation>Eine Zeile mit Bedingungen hat höchstens {0} Zeichen.</translation>
  </message>
  <message>
   <source>A message is longer than {0} bytes.</source>
   <translation>Eine Nachricht ist länger als {0} Bytes.</translation>
  </message>
  <message>
   <source>A message is not JSON: {0}.</source>
   <translation>Eine Nachricht ist kein JSON: {0}.</translation>
  </message>
  <message>
   <source>A message must be a JSON object.</source>
   <translation>Eine Nachricht muss ein JSON-Objekt sein.</translation>
  </message>
  <message>
   <source>A message of {0} bytes is longer than {1}.</source>
   <translation>Eine Nachricht von {0} Bytes ist länger als {1}.</translation>
  </message>
  <message>
   <source>A number is too large for an archive: check the ids.</source>
   <translation>Eine Zahl ist zu groß für ein Archiv: prüfen Sie die Kennungen.</translation>
  </message>
  <message>
   <source>A part of {0} is damaged: check the disk of {1}.</source>
   <translation>Ein Teil von {0} ist beschädigt: prüfen Sie die Platte von {1}.</translation>
  </message>
  <message>
   <source>A part of {0} is not between 0 and 1 (--fraction, --validate).</source>
   <translation>Ein Teil von {0} liegt nicht zwischen 0 und 1 (--fraction, --validate).</translation>
  </message>
  <message>
   <source>A picture is 16 to 1024 pixels, not {0}.</source>
   <translation>Ein Bild hat 16 bis 1024 Pixel, nicht {0}.</translation>
  </message>
  <message>
   <source>A place cannot be transformed between the raster's CRS and the one asked for.</source>
   <translation>Ein Ort kann nicht zwischen dem KBS des Rasters und dem gewünschten umgerechnet werden.</translation>
  </message>
  <message>
   <source>A place cannot be transformed between the raster's CRS and the one asked for. ({0})</source>
   <translation>Ein Ort kann nicht zwischen dem KBS des Rasters und dem gewünschten umgerechnet werden. ({0})</translation>
  </message>
  <message>
   <source>A query has at most {0} examples of a kind.</source>
   <translation>Eine Anfrage hat höchstens {0} Beispiele von jeder Art.</translation>
  </message>
  <message>
   <source>A read of {0} x {1} pixels is empty.</source>
   <translation>Ein Ausschnitt von {0} x {1} Pixeln ist leer.</translation>
  </message>
  <message>
   <source>A recipe has no {0}; it has {1}.</source>
   <translation>Ein Rezept hat kein {0}; es hat {1}.</translation>
  </message>
  <message>
   <source>A recipe must be a JSON object.</source>
   <translation>Ein Rezept muss ein JSON-Objekt sein.</translation>
  </message>
  <message>
   <source>A request needs a whole number as id.</source>
   <translation>Ein Auftrag braucht eine ganze Zahl als id.</translation>
  </message>
  <message>
   <source>A request with the id {0} is running already.</source>
   <translation>Ein Auftrag mit der id {0} läuft schon.</translation>
  </message>
  <message>
   <source>A saved query has a name of 1 to {0} letters.</source>
   <translation>Eine gespeicherte Anfrage hat einen Namen von 1 bis {0} Zeichen.</translation>
  </message>
  <message>
   <source>A search by words alone compares no looks; search with one of its matches to see what is like it.</source>
   <translation>Eine Suche nach Worten allein vergleicht kein Aussehen; suchen Sie mit einem ihrer Treffer, um zu sehen, was ihm gleicht.</translation>
  </message>
  <message>
   <source>A sentence about an acquisition must end with a full stop.</source>
   <translation>Ein Satz über eine Aufnahme muss mit einem Punkt enden.</translation>
  </message>
  <message>
   <source>A sentence has at most {0} letters.</source>
   <translation>Ein Satz hat höchstens {0} Zeichen.</translation>
  </message>
  <message>
   <source>A shard of {0} cannot be reached ({1}): try again when its server runs, nothing was lost.</source>
   <translation>Ein Shard von {0} ist nicht zu erreichen ({1}): versuchen Sie es noch einmal, wenn sein Server läuft; verloren ist nichts.</translation>
  </message>
  <message>
   <source>A share of {0} keeps no two features of one label apart, so none could be found by another: label more features, or keep a larger share apart, or none.</source>
   <translation>Ein Anteil von {0} hält von keiner Bezeichnung zwei Objekte zurück; darum könnte keines durch ein anderes gefunden werden: benennen Sie mehr Objekte, oder halten Sie einen größeren Anteil zurück oder gar keinen.</translation>
  </message>
  <message>
   <source>A worker of the cluster cannot write into {0}: {1}. Free space there, or choose another folder.</source>
   <translation>Ein Worker des Clusters kann nicht in {0} schreiben: {1}. Schaffen Sie dort Platz, oder wählen Sie einen anderen Ordner.</translation>
  </message>
  <message>
   <source>A worker of the cluster has no encoder {0} like the archive's: name a folder that it shares in FRORS_ENCODERS.</source>
   <translation>Ein Worker des Clusters hat keinen Encoder {0} wie das Archiv: nennen Sie in FRORS_ENCODERS einen Ordner, den er teilt.</translation>
  </message>
  <message>
   <source>A worker of the cluster met an error of its own, {0}: {1}. See its log.</source>
   <translation>Ein Worker des Clusters ist auf einen eigenen Fehler gestoßen, {0}: {1}. Siehe sein Protokoll.</translation>
  </message>
  <message>
   <source>A worker that has joined the cluster differs from this computer: {0}.</source>
   <translation>Ein Worker, der zum Cluster gekommen ist, weicht von diesem Rechner ab: {0}.</translation>
  </message>
  <message>
   <source>AP@k</source>
   <translation>AP@k</translation>
  </message>
  <message>
   <source>After {0} something is missing: {1}.</source>
   <translation>Nach {0} fehlt etwas: {1}.</translation>
  </message>
  <message>
   <source>All features have one label, so whatever is found is right and the figures mean nothing; label others as well.</source>
   <translation>Alle Objekte haben dieselbe Bezeichnung; darum ist alles richtig, was gefunden wird, und die Werte sagen nichts; benennen Sie auch andere.</translation>
  </message>
  <message>
   <source>All validation images are copies of images learnt from; delete the copies, or keep a larger share (--validate).</source>
   <translation>Alle Bilder zum Prüfen sind Kopien von Bildern, aus denen gelernt wird; löschen Sie die Kopien, oder halten Sie einen größeren Anteil zurück (--validate).</translation>
  </message>
  <message>
   <source>An acquisition has no field {0}; {1} are.</source>
   <translation>Eine Aufnahme hat kein Feld {0}; es gibt {1}.</translation>
  </message>
  <message>
   <source>An acquisition must be an object of fields.</source>
   <translation>Eine Aufnahme muss ein JSON-Objekt mit Feldern sein.</translation>
  </message>
  <message>
   <source>An archive in a database is written postgresql:service=NAME schema=NAME, or with host, port, dbname and user instead of a service.</source>
   <translation>Ein Archiv in einer Datenbank wird postgresql:service=NAME schema=NAME geschrieben, oder mit host, port, dbname und user anstelle eines service.</translation>
  </message>
  <message>
   <source>Another FRORS (process {0} of the database, user {1}) is writing to {2}; wait until it has finished.</source>
   <translation>Ein anderes FRORS (Prozess {0} der Datenbank, Benutzer {1}) schreibt in {2}; warten Sie, bis es fertig ist.</translation>
  </message>
  <message>
   <source>Another FRORS (process {0}) is writing to {1}; wait until it has finished.</source>
   <translation>Ein anderes FRORS (Prozess {0}) schreibt in {1}; warten Sie, bis es fertig ist.</translation>
  </message>
  <message>
   <source>Another program is writing to {0}: wait until it is done and try again.</source>
   <translation>Ein anderes Programm schreibt in {0}: warten Sie, bis es fertig ist, und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>Archives in PostgreSQL need the package psycopg2, which the Python at {0} lacks: install python3-psycopg2, which comes with QGIS, or psycopg2-binary.</source>
   <translation>Archive in PostgreSQL brauchen das Paket psycopg2, das dem Python unter {0} fehlt: installieren Sie python3-psycopg2, das mit QGIS kommt, oder psycopg2-binary.</translation>
  </message>
  <message>
   <source>At most {0} matches are outlined at once.</source>
   <translation>Höchstens {0} Treffer werden auf einmal umrissen.</translation>
  </message>
  <message>
   <source>Beside a comma something is missing: {0}.</source>
   <translation>Neben einem Komma fehlt etwas: {0}.</translation>
  </message>
  <message>
   <source>Block {0} of raster {1} is in the archive: clear the raster first.</source>
   <translation>Block {0} von Raster {1} ist im Archiv: leeren Sie zuerst das Raster.</translation>
  </message>
  <message>
   <source>Cancelled.</source>
   <translation>Abgebrochen.</translation>
  </message>
  <message>
   <source>Checking the files</source>
   <translation>Die Dateien werden geprüft</translation>
  </message>
  <message>
   <source>Chip {0} cannot be a positive and a negative example.</source>
   <translation>Chip {0} kann nicht zugleich positives und negatives Beispiel sein.</translation>
  </message>
  <message>
   <source>Chip {0} has no embedding: index its raster anew.</source>
   <translation>Chip {0} hat kein Embedding: indizieren Sie sein Raster neu.</translation>
  </message>
  <message>
   <source>Chip {0} has {1} cells; index its raster anew.</source>
   <translation>Chip {0} hat {1} Zellen; indizieren Sie sein Raster neu.</translation>
  </message>
  <message>
   <source>Chip {0} is damaged: restore the archive from a copy or index again.</source>
   <translation>Chip {0} ist beschädigt: stellen Sie das Archiv aus einer Kopie wieder her, oder indizieren Sie neu.</translation>
  </message>
  <message>
   <source>Chips with the ids of block {0} of raster {1} are in the archive already.</source>
   <translation>Chips mit den Nummern von Block {0} des Rasters {1} sind schon im Archiv.</translation>
  </message>
  <message>
   <source>Comparing {0} features</source>
   <translation>{0} Objekte werden verglichen</translation>
  </message>
  <message>
   <source>Computing view {0} of {1}, before training</source>
   <translation>Ansicht {0} von {1} wird berechnet, vor dem Training</translation>
  </message>
  <message>
   <source>Copying to {0}</source>
   <translation>Kopieren nach {0}</translation>
  </message>
  <message>
   <source>Cutting images of {0} features</source>
   <translation>Bilder von {0} Objekten werden ausgeschnitten</translation>
  </message>
  <message>
   <source>Embedding block {0} {1}: restore the archive from a copy, or remove its raster and index it again.</source>
   <translation>Embedding-Block {0} {1}: stellen Sie das Archiv aus einer Kopie wieder her, oder entfernen Sie sein Raster, und indizieren Sie es neu.</translation>
  </message>
  <message>
   <source>Encoding a part of {0} has ended one worker of the cluster after the other. Their logs say why: most often memory, see --memory-limit.</source>
   <translation>Einen Teil von {0} zu kodieren, hat einen Worker des Clusters nach dem anderen beendet. Ihre Protokolle sagen warum: meist fehlt Speicher, siehe --memory-limit.</translation>
  </message>
  <message>
   <source>Encoding images</source>
   <translation>Bilder werden kodiert</translation>
  </message>
  <message>
   <source>Encoding on a cluster needs the package distributed, which the Python at {0} lacks: install it in the version that the cluster has.</source>
   <translation>Auf einem Cluster zu kodieren, braucht das Paket distributed, das dem Python in {0} fehlt: installieren Sie es in der Version, die der Cluster hat.</translation>
  </message>
  <message>
   <source>Encoding {0} features</source>
   <translation>{0} Objekte werden kodiert</translation>
  </message>
  <message>
   <source>Epoch {0} of {1}, loss {2}</source>
   <translation>Epoche {0} von {1}, Verlust {2}</translation>
  </message>
  <message>
   <source>Exporting to {0}</source>
   <translation>Export nach {0}</translation>
  </message>
  <message>
   <source>FRORS has been switched off; switch the plugin on to use the engine again.</source>
   <translation>FRORS wurde ausgeschaltet; schalten Sie die Erweiterung ein, um die Engine wieder zu benutzen.</translation>
  </message>
  <message>
   <source>FRORS has exported it, import it alone into an archive of its own</source>
   <translation>FRORS hat sie exportiert, importieren Sie sie allein in ein eigenes Archiv</translation>
  </message>
  <message>
   <source>FRORS has failed at this: {0}. The FRORS log has the details.</source>
   <translation>FRORS ist hieran gescheitert: {0}. Das FRORS-Protokoll enthält Näheres.</translation>
  </message>
  <message>
   <source>Fitting the head</source>
   <translation>Der Kopf wird angepasst</translation>
  </message>
  <message>
   <source>For an archive in a database, name a folder that this computer and the cluster's workers share (--parts).</source>
   <translation>Nennen Sie für ein Archiv in einer Datenbank einen Ordner, den dieser Rechner und die Worker des Clusters teilen (--parts).</translation>
  </message>
  <message>
   <source>GeoParquet files need the package pyarrow, which the Python at {0} cannot import ({1}): install it there with pip install "pyarrow&gt;=16,&lt;26".</source>
   <translation>GeoParquet-Dateien brauchen das Paket pyarrow, welches das Python unter {0} nicht importieren kann ({1}): Installieren Sie es dort mit pip install "pyarrow&gt;=16,&lt;26".</translation>
  </message>
  <message>
   <source>Importing into {0}</source>
   <translation>Import in {0}</translation>
  </message>
  <message>
   <source>Indexed {0}</source>
   <translation>{0} ist indiziert</translation>
  </message>
  <message>
   <source>Indexing {0}</source>
   <translation>{0} wird indiziert</translation>
  </message>
  <message>
   <source>It finds them less well than {0}: keep that one, or label more features.</source>
   <translation>Er findet sie weniger gut als {0}: behalten Sie diesen, oder benennen Sie mehr Objekte.</translation>
  </message>
  <message>
   <source>It has no geometry.</source>
   <translation>Es hat keine Geometrie.</translation>
  </message>
  <message>
   <source>It has no label.</source>
   <translation>Es hat keine Bezeichnung.</translation>
  </message>
  <message>
   <source>It lies beside all of the rasters.</source>
   <translation>Es liegt neben allen Rastern.</translation>
  </message>
  <message>
   <source>It lies beside the raster {0}.</source>
   <translation>Es liegt neben dem Raster {0}.</translation>
  </message>
  <message>
   <source>Its box is {0} pixels of {1} long, and {2} are the most.</source>
   <translation>Sein Rahmen ist {0} Pixel von {1} lang, und {2} sind das Höchste.</translation>
  </message>
  <message>
   <source>Its box is {0} x {1} pixels of {2}; its longer side needs {3}, the other 1.</source>
   <translation>Sein Rahmen misst {0} x {1} Pixel von {2}; seine längere Seite braucht {3}, die andere 1.</translation>
  </message>
  <message>
   <source>Its label has over {0} letters; choose a field with the names of classes.</source>
   <translation>Seine Bezeichnung hat über {0} Zeichen; wählen Sie ein Feld mit den Namen von Klassen.</translation>
  </message>
  <message>
   <source>Labels with a single feature cannot be measured, nothing is there to find: {0} and {1} more. They stay among what others may find by mistake.</source>
   <translation>Bezeichnungen mit einem einzigen Objekt können nicht gemessen werden, es gibt nichts zu finden: {0} und {1} weitere. Sie bleiben unter dem, was andere fälschlich finden können.</translation>
  </message>
  <message>
   <source>Labels with a single feature cannot be measured, nothing is there to find: {0}. They stay among what others may find by mistake.</source>
   <translation>Bezeichnungen mit einem einzigen Objekt können nicht gemessen werden, es gibt nichts zu finden: {0}. Sie bleiben unter dem, was andere fälschlich finden können.</translation>
  </message>
  <message>
   <source>Labels with fewer than {0} features have figures that chance decides: {1} and {2} more; label more.</source>
   <translation>Bezeichnungen mit weniger als {0} Objekten haben Werte, die der Zufall bestimmt: {1} und {2} weitere; benennen Sie mehr.</translation>
  </message>
  <message>
   <source>Labels with fewer than {0} features have figures that chance decides: {1}; label more.</source>
   <translation>Bezeichnungen mit weniger als {0} Objekten haben Werte, die der Zufall bestimmt: {1}; benennen Sie mehr.</translation>
  </message>
  <message>
   <source>Loading the encoder for {0}</source>
   <translation>Der Encoder für {0} wird geladen</translation>
  </message>
  <message>
   <source>Looking for missing rasters</source>
   <translation>Fehlende Raster werden gesucht</translation>
  </message>
  <message>
   <source>Months are numbers from 1 to 12.</source>
   <translation>Monate sind Zahlen von 1 bis 12.</translation>
  </message>
  <message>
   <source>Name at least one role, as an analyst or as an indexer.</source>
   <translation>Nennen Sie mindestens eine Rolle, als Leser (analyst) oder als Bearbeiter (indexer).</translation>
  </message>
  <message>
   <source>No Python was found that could run the FRORS engine. Name the engine's Python by its full path in the environment variable FRORS_PYTHON or in QGIS's setting plugins/frors/python.</source>
   <translation>Es wurde kein Python gefunden, das die FRORS-Engine ausführen könnte. Geben Sie das Python der Engine mit seinem vollen Pfad in der Umgebungsvariablen FRORS_PYTHON oder in der QGIS-Einstellung plugins/frors/python an.</translation>
  </message>
  <message>
   <source>No chip of the archive is known to fulfil the conditions; change them.</source>
   <translation>Von keinem Chip des Archivs ist bekannt, dass er die Bedingungen erfüllt; ändern Sie sie.</translation>
  </message>
  <message>
   <source>No chip of the archive passes the filters; widen them.</source>
   <translation>Kein Chip des Archivs kommt durch die Filter; weiten Sie sie.</translation>
  </message>
  <message>
   <source>No chip that passes the filters is known to fulfil the conditions; change one or the other.</source>
   <translation>Von keinem Chip, der durch die Filter kommt, ist bekannt, dass er die Bedingungen erfüllt; ändern Sie diese oder jene.</translation>
  </message>
  <message>
   <source>No class has two validation images, so none can be found by another; keep a larger share (--validate).</source>
   <translation>Keine Klasse hat zwei Bilder zum Prüfen; darum kann keines durch ein anderes gefunden werden; halten Sie einen größeren Anteil zurück (--validate).</translation>
  </message>
  <message>
   <source>No class is left; name fewer classes to leave out.</source>
   <translation>Es bleibt keine Klasse übrig; lassen Sie weniger Klassen weg.</translation>
  </message>
  <message>
   <source>No cluster answers at {0}: check the address, and whether its scheduler runs. ({1})</source>
   <translation>Unter {0} antwortet kein Cluster: prüfen Sie die Adresse, und ob sein Scheduler läuft. ({1})</translation>
  </message>
  <message>
   <source>No features were kept apart, so nothing says how well it does: evaluate it on features that it has not learnt from.</source>
   <translation>Es wurden keine Objekte zurückgehalten; darum sagt nichts, wie gut er ist: prüfen Sie ihn mit Objekten, aus denen er nicht gelernt hat.</translation>
  </message>
  <message>
   <source>No label has two features that can be read, so none can be found by another; label more features, or choose the field that holds their class.</source>
   <translation>Keine Bezeichnung hat zwei Objekte, die gelesen werden können; darum kann keines durch ein anderes gefunden werden; benennen Sie mehr Objekte, oder wählen Sie das Feld mit ihren Klassen.</translation>
  </message>
  <message>
   <source>No other feature that can be read has its label, and a label needs two.</source>
   <translation>Kein anderes Objekt, das gelesen werden kann, hat seine Bezeichnung, und eine Bezeichnung braucht zwei.</translation>
  </message>
  <message>
   <source>No query has an image of its class to find; add images.</source>
   <translation>Keine Anfrage hat ein Bild ihrer Klasse zu finden; fügen Sie Bilder hinzu.</translation>
  </message>
  <message>
   <source>No temporary folder could be made for the engine: {0}. Free some space and try again.</source>
   <translation>Für die Engine konnte kein temporärer Ordner angelegt werden: {0}. Schaffen Sie Platz, und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>None of the {0} features can be used. Feature {1}: {2}</source>
   <translation>Keines der {0} Objekte kann benutzt werden. Objekt {1}: {2}</translation>
  </message>
  <message>
   <source>Nothing can be learnt while the weights of softmax and triplet are both 0.</source>
   <translation>Es kann nichts gelernt werden, solange die Gewichte von softmax und triplet beide 0 sind.</translation>
  </message>
  <message>
   <source>Nothing has come into the archive since this query was last searched with.</source>
   <translation>Seit mit dieser Anfrage zuletzt gesucht wurde, ist nichts ins Archiv gekommen.</translation>
  </message>
  <message>
   <source>On {0} features kept apart, each searched among the others, mAP@10 is {1}; with {2}, from which it started, {3}. They lie on the rasters that it learnt from: elsewhere figures may be lower.</source>
   <translation>Auf {0} zurückgehaltenen Objekten, jedes unter den anderen gesucht, ist mAP@10 {1}; mit {2}, von dem ausgegangen wurde, {3}. Sie liegen auf den Rastern, aus denen er gelernt hat: anderswo können die Werte geringer sein.</translation>
  </message>
  <message>
   <source>Outlining matches</source>
   <translation>Treffer werden umrissen</translation>
  </message>
  <message>
   <source>Over half of it is nodata.</source>
   <translation>Mehr als die Hälfte davon ist Nodata.</translation>
  </message>
  <message>
   <source>Parts cannot be kept in {0}: {1}. Choose another folder.</source>
   <translation>In {0} können keine Teile liegen: {1}. Wählen Sie einen anderen Ordner.</translation>
  </message>
  <message>
   <source>Parts, match and auxiliary belong to the encoder frors, not to {0}.</source>
   <translation>parts, match und auxiliary gehören zum Encoder frors, nicht zu {0}.</translation>
  </message>
  <message>
   <source>Pictures need matplotlib, which this Python lacks; run `pip install -r requirements-learning.txt`.</source>
   <translation>Bilder brauchen matplotlib, das diesem Python fehlt; führen Sie `pip install -r requirements-learning.txt` aus.</translation>
  </message>
  <message>
   <source>PostgreSQL searches embeddings of at most {0} numbers, not {1}.</source>
   <translation>PostgreSQL durchsucht Embeddings von höchstens {0} Zahlen, nicht von {1}.</translation>
  </message>
  <message>
   <source>Reading image {0} of {1}</source>
   <translation>Bild {0} von {1} wird gelesen</translation>
  </message>
  <message>
   <source>Some chips are damaged ({0}): verify the archive.</source>
   <translation>Manche Chips sind beschädigt ({0}): prüfen Sie das Archiv mit verify.</translation>
  </message>
  <message>
   <source>Some chips have no level: restore the archive from a copy or index again.</source>
   <translation>Manche Chips haben keine Stufe: stellen Sie das Archiv aus einer Kopie wieder her, oder indizieren Sie neu.</translation>
  </message>
  <message>
   <source>Some embeddings are damaged: verify the archive.</source>
   <translation>Manche Embeddings sind beschädigt: prüfen Sie das Archiv mit verify.</translation>
  </message>
  <message>
   <source>Some embeddings are not finite; the encoder's checkpoint is damaged or its training diverged.</source>
   <translation>Manche Embeddings sind nicht endlich; der Checkpoint des Encoders ist beschädigt, oder sein Training ist entgleist.</translation>
  </message>
  <message>
   <source>The CRS '{0}' is unknown; give an authority code such as EPSG:4326, or WKT.</source>
   <translation>Das KBS '{0}' ist unbekannt; geben Sie einen Code wie EPSG:4326 an, oder WKT.</translation>
  </message>
  <message>
   <source>The CRS '{0}' is unknown; give an authority code such as EPSG:4326, or WKT. ({1})</source>
   <translation>Das KBS '{0}' ist unbekannt; geben Sie einen Code wie EPSG:4326 an, oder WKT. ({1})</translation>
  </message>
  <message>
   <source>The CRS cannot be used.</source>
   <translation>Das KBS kann nicht verwendet werden.</translation>
  </message>
  <message>
   <source>The CRS cannot be used. ({0})</source>
   <translation>Das KBS kann nicht verwendet werden. ({0})</translation>
  </message>
  <message>
   <source>The Python at {0} lacks {1}. Install them in the FRORS panel of QGIS, or name another interpreter in the environment variable FRORS_PYTHON.</source>
   <translation>Dem Python unter {0} fehlt {1}. Installieren Sie das im FRORS-Bedienfeld von QGIS, oder nennen Sie ein anderes Python in der Umgebungsvariablen FRORS_PYTHON.</translation>
  </message>
  <message>
   <source>The Python that QGIS's setting plugins/frors/python names, {0}, is not a program that can be run. Name the engine's Python by its full path in the environment variable FRORS_PYTHON or in QGIS's setting plugins/frors/python.</source>
   <translation>Das Python, das die QGIS-Einstellung plugins/frors/python nennt, {0}, ist kein ausführbares Programm. Geben Sie das Python der Engine mit seinem vollen Pfad in der Umgebungsvariablen FRORS_PYTHON oder in der QGIS-Einstellung plugins/frors/python an.</translation>
  </message>
  <message>
   <source>The Python that the environment variable FRORS_PYTHON names, {0}, is not a program that can be run. Name the engine's Python by its full path in the environment variable FRORS_PYTHON or in QGIS's setting plugins/frors/python.</source>
   <translation>Das Python, das die Umgebungsvariable FRORS_PYTHON nennt, {0}, ist kein ausführbares Programm. Geben Sie das Python der Engine mit seinem vollen Pfad in der Umgebungsvariablen FRORS_PYTHON oder in der QGIS-Einstellung plugins/frors/python an.</translation>
  </message>
  <message>
   <source>The XML file cannot be read.</source>
   <translation>Die XML-Datei ist nicht lesbar.</translation>
  </message>
  <message>
   <source>The XML file cannot be read. ({0})</source>
   <translation>Die XML-Datei ist nicht lesbar. ({0})</translation>
  </message>
  <message>
   <source>The archive has no chip there; draw the box on one of its rasters.</source>
   <translation>Das Archiv hat dort keinen Chip; ziehen Sie den Rahmen auf einem seiner Raster.</translation>
  </message>
  <message>
   <source>The archive has no chip {0}: it may have been removed, search again.</source>
   <translation>Das Archiv hat keinen Chip {0}: vielleicht wurde er entfernt, suchen Sie noch einmal.</translation>
  </message>
  <message>
   <source>The archive has no raster with the id {0}.</source>
   <translation>Das Archiv hat kein Raster mit der Nummer {0}.</translation>
  </message>
  <message>
   <source>The archive has no raster {0}: list its rasters first.</source>
   <translation>Das Archiv hat kein Raster {0}: sehen Sie zuerst nach, welche es hat.</translation>
  </message>
  <message>
   <source>The archive has no raster {0}; info lists those it has.</source>
   <translation>Das Archiv hat kein Raster {0}; die Angaben zum Archiv führen auf, welche es hat.</translation>
  </message>
  <message>
   <source>The archive has no saved query {0}.</source>
   <translation>Das Archiv hat keine gespeicherte Anfrage {0}.</translation>
  </message>
  <message>
   <source>The archive holds no chips yet; index some rasters first.</source>
   <translation>Das Archiv enthält noch keine Chips; indizieren Sie zuerst Raster.</translation>
  </message>
  <message>
   <source>The archive's chip ids are used up: index into a new archive.</source>
   <translation>Die Nummern für Chips sind in diesem Archiv aufgebraucht: indizieren Sie in ein neues Archiv.</translation>
  </message>
  <message>
   <source>The archive's plan of {0} is damaged: remove it and index it again.</source>
   <translation>Der Plan des Archivs für {0} ist beschädigt: entfernen Sie es, und indizieren Sie es neu.</translation>
  </message>
  <message>
   <source>The archive's stretch of a raster is damaged; index that raster again.</source>
   <translation>Die Kontraststreckung eines Rasters im Archiv ist beschädigt; indizieren Sie dieses Raster neu.</translation>
  </message>
  <message>
   <source>The best match scores {0}; lower the least score.</source>
   <translation>Der beste Treffer hat die Ähnlichkeit {0}; setzen Sie die Mindestähnlichkeit herab.</translation>
  </message>
  <message>
   <source>The box holds no data, only nodata pixels; draw it elsewhere.</source>
   <translation>Der Rahmen enthält keine Daten, nur Nodata-Pixel; ziehen Sie ihn anderswo.</translation>
  </message>
  <message>
   <source>The box is {0} x {1} pixels; draw one of at least {2} pixels.</source>
   <translation>Der Rahmen misst {0} x {1} Pixel; ziehen Sie einen von mindestens {2} Pixeln.</translation>
  </message>
  <message>
   <source>The box lies outside {0} when its coordinates are read as {1}; draw it on the raster, or name their CRS (on the command line with --crs).</source>
   <translation>Der Rahmen liegt außerhalb von {0}, wenn seine Koordinaten als {1} gelesen werden; ziehen Sie ihn auf dem Raster, oder geben Sie ihr KBS an (auf der Kommandozeile mit --crs).</translation>
  </message>
  <message>
   <source>The box measures {0} m and the largest chips {1} m; draw a smaller box, or index at a coarser GSD.</source>
   <translation>Der Rahmen misst {0} m und die größten Chips {1} m; ziehen Sie einen kleineren Rahmen, oder indizieren Sie mit gröberer GSD.</translation>
  </message>
  <message>
   <source>The box measures {0} m and the nearest chips {1} m; for better matches add chips of that size: index the rasters at a coarser GSD as well.</source>
   <translation>Der Rahmen misst {0} m und die nächstgroßen Chips {1} m; für bessere Treffer fügen Sie Chips dieser Größe hinzu: indizieren Sie die Raster auch mit gröberer GSD.</translation>
  </message>
  <message>
   <source>The box measures {0} m and the nearest chips {1} m; for better matches add chips of that size: index the rasters at a finer GSD as well.</source>
   <translation>Der Rahmen misst {0} m und die nächstgroßen Chips {1} m; für bessere Treffer fügen Sie Chips dieser Größe hinzu: indizieren Sie die Raster auch mit feinerer GSD.</translation>
  </message>
  <message>
   <source>The box of a feature must be xmin, ymin, xmax, ymax, the least first.</source>
   <translation>Der Rahmen eines Objekts muss xmin, ymin, xmax, ymax sein, das Kleinere zuerst.</translation>
  </message>
  <message>
   <source>The box {0} does not lie on the Earth in its CRS.</source>
   <translation>Der Rahmen {0} liegt in seinem KBS nicht auf der Erde.</translation>
  </message>
  <message>
   <source>The box {0} is empty or not finite; give xmin, ymin, xmax, ymax.</source>
   <translation>Der Rahmen {0} ist leer oder nicht endlich; geben Sie xmin, ymin, xmax, ymax an.</translation>
  </message>
  <message>
   <source>The check ended with status {0}.</source>
   <translation>Die Prüfung endete mit Status {0}.</translation>
  </message>
  <message>
   <source>The chips' gsd and cells must be positive.</source>
   <translation>gsd und cells der Chips müssen positiv sein.</translation>
  </message>
  <message>
   <source>The chips' vectors are too long for 16 bits: normalise them.</source>
   <translation>Die Vektoren der Chips sind zu lang für 16 Bit: normieren Sie sie.</translation>
  </message>
  <message>
   <source>The chips' {0} are not all finite numbers.</source>
   <translation>{0} der Chips sind nicht lauter endliche Zahlen.</translation>
  </message>
  <message>
   <source>The chips' {0} are {1} and should be {2}.</source>
   <translation>{0} der Chips sind {1} und sollten {2} sein.</translation>
  </message>
  <message>
   <source>The class {0} has a single image, and a split needs two; add images or leave the class out.</source>
   <translation>Die Klasse {0} hat ein einziges Bild, und eine Teilung braucht zwei; fügen Sie Bilder hinzu, oder lassen Sie die Klasse weg.</translation>
  </message>
  <message>
   <source>The cluster at {0} does not answer as it should: {1}.</source>
   <translation>Der Cluster unter {0} antwortet nicht, wie er soll: {1}.</translation>
  </message>
  <message>
   <source>The cluster at {0} has no workers: start some, then index again.</source>
   <translation>Der Cluster unter {0} hat keine Worker: starten Sie welche, dann indizieren Sie noch einmal.</translation>
  </message>
  <message>
   <source>The cluster at {0} is lost: index again when its scheduler runs. What was encoded is kept.</source>
   <translation>Der Cluster unter {0} ist verloren: indizieren Sie noch einmal, wenn sein Scheduler läuft. Was kodiert ist, bleibt.</translation>
  </message>
  <message>
   <source>The computer ran out of memory. Close other programs, or index at a coarser GSD.</source>
   <translation>Dem Rechner ist der Speicher ausgegangen. Schließen Sie andere Programme, oder indizieren Sie mit gröberer GSD.</translation>
  </message>
  <message>
   <source>The database has no foreign server {0} with the extensions 'vector,postgis' and hnsw.iterative_scan among its options: docs/database.md shows how to make one.</source>
   <translation>Die Datenbank hat keinen Foreign Server {0} mit den Extensions 'vector,postgis' und hnsw.iterative_scan unter seinen Optionen: docs/database.md zeigt, wie einer gemacht wird.</translation>
  </message>
  <message>
   <source>The database has no such role ({0}).</source>
   <translation>Die Datenbank hat keine solche Rolle ({0}).</translation>
  </message>
  <message>
   <source>The database of {0} cannot be reached ({1}): check the connection and try again.</source>
   <translation>Die Datenbank von {0} ist nicht zu erreichen ({1}): prüfen Sie die Verbindung, und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>The database of {0} needs PostgreSQL 15, PostGIS and pgvector 0.8, or newer ones: ask who keeps it to update them and to CREATE EXTENSION postgis and vector.</source>
   <translation>Die Datenbank von {0} braucht PostgreSQL 15, PostGIS und pgvector 0.8 oder neuere: bitten Sie, wer sie verwaltet, sie zu aktualisieren und postgis und vector mit CREATE EXTENSION anzulegen.</translation>
  </message>
  <message>
   <source>The database's disk is full, where {0} is: free some space and go on, nothing was lost.</source>
   <translation>Die Platte der Datenbank, in der {0} liegt, ist voll: schaffen Sie Platz, und machen Sie weiter, nichts ging verloren.</translation>
  </message>
  <message>
   <source>The dataset has no class {0}; its classes are {1}.</source>
   <translation>Der Datensatz hat keine Klasse {0}; seine Klassen sind {1}.</translation>
  </message>
  <message>
   <source>The dates {0} .. {1} go backwards: swap them.</source>
   <translation>Die Daten {0} .. {1} laufen rückwärts: vertauschen Sie sie.</translation>
  </message>
  <message>
   <source>The device {0} cannot be used: a test convolution failed: {1}. Choose another device, or auto for the CPU.</source>
   <translation>Das Gerät {0} kann nicht verwendet werden: Eine Probefaltung schlug fehl: {1}. Wählen Sie ein anderes Gerät oder auto für die CPU.</translation>
  </message>
  <message>
   <source>The device {0} cannot be used: a test convolution was wrong by {1}. Choose another device, or auto for the CPU.</source>
   <translation>Das Gerät {0} kann nicht verwendet werden: Eine Probefaltung war um {1} falsch. Wählen Sie ein anderes Gerät oder auto für die CPU.</translation>
  </message>
  <message>
   <source>The device {0} cannot be used: it is not available. Choose another device, or auto for the CPU.</source>
   <translation>Das Gerät {0} kann nicht verwendet werden: Es ist nicht verfügbar. Wählen Sie ein anderes Gerät oder auto für die CPU.</translation>
  </message>
  <message>
   <source>The dimension of {0} is too small for {1} parts; give each one.</source>
   <translation>Die Dimension {0} ist zu klein für {1} Teile; geben Sie jedem eine.</translation>
  </message>
  <message>
   <source>The disk of {0} is full: free some space and go on, nothing was lost.</source>
   <translation>Die Platte von {0} ist voll: schaffen Sie Platz, und machen Sie weiter; es ging nichts verloren.</translation>
  </message>
  <message>
   <source>The distance between matches is 0 metres or more.</source>
   <translation>Der Abstand zwischen Treffern beträgt 0 Meter oder mehr.</translation>
  </message>
  <message>
   <source>The distance needs a place: add one, such as 'of 43.3 N 5.4 E', or search with a box on a raster.</source>
   <translation>Die Entfernung braucht einen Ort: geben Sie einen an, etwa 'of 43.3 N 5.4 E', oder suchen Sie mit einem Rechteck auf einem Raster.</translation>
  </message>
  <message>
   <source>The drive of {0} refuses to read or write it: copy it to a disk of this computer.</source>
   <translation>Das Laufwerk von {0} lässt es nicht lesen oder schreiben: kopieren Sie es auf eine Platte dieses Rechners.</translation>
  </message>
  <message>
   <source>The embedding of an example must have a length.</source>
   <translation>Das Embedding eines Beispiels muss eine Länge haben.</translation>
  </message>
  <message>
   <source>The encoder file {0} cannot be used: {1}. Get it again from where it came, or train it anew.</source>
   <translation>Die Encoder-Datei {0} kann nicht benutzt werden: {1}. Holen Sie sie noch einmal dort, woher sie kam, oder trainieren Sie sie neu.</translation>
  </message>
  <message>
   <source>The encoder file {0} cannot be used: {1}. Give the path of an encoder file.</source>
   <translation>Die Encoder-Datei {0} kann nicht benutzt werden: {1}. Geben Sie den Pfad einer Encoder-Datei an.</translation>
  </message>
  <message>
   <source>The encoder file {0} cannot be used: {1}. Install the plugin again; if the file is your own, get it from where it came, or train it anew.</source>
   <translation>Die Encoder-Datei {0} kann nicht benutzt werden: {1}. Installieren Sie die Erweiterung neu; ist es Ihre eigene Datei, holen Sie sie dort, woher sie kam, oder trainieren Sie sie neu.</translation>
  </message>
  <message>
   <source>The encoder frors has projections of its own; its reduction is fc.</source>
   <translation>Der Encoder frors hat eigene Projektionen; seine Reduktion ist fc.</translation>
  </message>
  <message>
   <source>The encoder stopped before it answered; try again.</source>
   <translation>Der Encoder hat aufgehört, bevor er antwortete; versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>The encoder would stay as it is: give trunk_rate or head_rate (with the reduction fc), or epochs=0.</source>
   <translation>Der Encoder bliebe, wie er ist: geben Sie trunk_rate oder head_rate an (mit der Reduktion fc), oder epochs=0.</translation>
  </message>
  <message>
   <source>The encoder {0} has learnt from {1} before: where these are the same things, the figures flatter; evaluate on others.</source>
   <translation>Der Encoder {0} hat schon aus {1} gelernt: wo das dieselben Dinge sind, schmeicheln die Werte; prüfen Sie ihn mit anderen.</translation>
  </message>
  <message>
   <source>The encoder {0} is one of FRORS's own; choose another id.</source>
   <translation>Der Encoder {0} gehört zu FRORS selbst; wählen Sie eine andere Kennung.</translation>
  </message>
  <message>
   <source>The encoder {0} knows no classes to suggest.</source>
   <translation>Der Encoder {0} kennt keine Klassen, die er vorschlagen könnte.</translation>
  </message>
  <message>
   <source>The encoder's process has no pipes.</source>
   <translation>Der Prozess des Encoders hat keine Pipes.</translation>
  </message>
  <message>
   <source>The engine belongs to another version of FRORS; install the plugin again and restart QGIS.</source>
   <translation>Die Engine gehört zu einer anderen Version von FRORS; installieren Sie die Erweiterung neu, und starten Sie QGIS neu.</translation>
  </message>
  <message>
   <source>The engine could not be started. It does not answer.</source>
   <translation>Die Engine konnte nicht gestartet werden. Sie antwortet nicht.</translation>
  </message>
  <message>
   <source>The engine could not be started. {0}</source>
   <translation>Die Engine konnte nicht gestartet werden. {0}</translation>
  </message>
  <message>
   <source>The engine has no method {0}.</source>
   <translation>Die Engine hat keine Methode {0}.</translation>
  </message>
  <message>
   <source>The engine met an error of its own, {0}: {1}. See the log.</source>
   <translation>In der Engine ist ein Fehler aufgetreten, {0}: {1}. Siehe das Protokoll.</translation>
  </message>
  <message>
   <source>The engine reported an error without a message.</source>
   <translation>Die Engine hat einen Fehler ohne Nachricht gemeldet.</translation>
  </message>
  <message>
   <source>The engine sent a match that cannot be read: {0}.</source>
   <translation>Die Engine hat einen Treffer geschickt, der nicht gelesen werden kann: {0}.</translation>
  </message>
  <message>
   <source>The engine sent a match without a proper footprint.</source>
   <translation>Die Engine hat einen Treffer ohne richtigen Umriss geschickt.</translation>
  </message>
  <message>
   <source>The engine stopped unexpectedly ({0}). Try again: it starts anew.</source>
   <translation>Die Engine hat unerwartet aufgehört ({0}). Versuchen Sie es noch einmal: sie startet neu.</translation>
  </message>
  <message>
   <source>The engine stopped unexpectedly ({0}). Try again: it starts anew. Its last line was: {1}</source>
   <translation>Die Engine hat unerwartet aufgehört ({0}). Versuchen Sie es noch einmal: sie startet neu. Ihre letzte Zeile war: {1}</translation>
  </message>
  <message>
   <source>The engine was stopped before it had answered.</source>
   <translation>Die Engine wurde angehalten, bevor sie geantwortet hatte.</translation>
  </message>
  <message>
   <source>The engine's Python {0} could not be started: {1}. Choose another in the settings.</source>
   <translation>Das Python der Engine {0} konnte nicht gestartet werden: {1}. Wählen Sie ein anderes in den Einstellungen.</translation>
  </message>
  <message>
   <source>The engine's answer holds no list of matches.</source>
   <translation>Die Antwort der Engine enthält keine Liste von Treffern.</translation>
  </message>
  <message>
   <source>The engine's answer was not understood: {0}.</source>
   <translation>Die Antwort der Engine wurde nicht verstanden: {0}.</translation>
  </message>
  <message>
   <source>The engine's description of the acquisition cannot be read: {0}.</source>
   <translation>Die Beschreibung der Aufnahme durch die Engine ist nicht lesbar: {0}.</translation>
  </message>
  <message>
   <source>The engine's description of the box cannot be read: {0}.</source>
   <translation>Die Beschreibung des Rahmens von der Engine kann nicht gelesen werden: {0}.</translation>
  </message>
  <message>
   <source>The engine's description of the saved query cannot be read: {0}.</source>
   <translation>Die Beschreibung der gespeicherten Anfrage von der Engine kann nicht gelesen werden: {0}.</translation>
  </message>
  <message>
   <source>The engine's explanation cannot be read: {0}.</source>
   <translation>Die Erklärung der Engine kann nicht gelesen werden: {0}.</translation>
  </message>
  <message>
   <source>The engine's explanation is no square of numbers.</source>
   <translation>Die Erklärung der Engine ist kein Quadrat von Zahlen.</translation>
  </message>
  <message>
   <source>The engine's outlines cannot be read: {0}.</source>
   <translation>Die Umrisse der Engine können nicht gelesen werden: {0}.</translation>
  </message>
  <message>
   <source>The features have {0} different labels, and {1} are the most; choose the field that holds their class, not one that is different for each.</source>
   <translation>Die Objekte haben {0} verschiedene Bezeichnungen, und {1} sind das Höchste; wählen Sie das Feld mit ihren Klassen, nicht eines, das bei jedem anders ist.</translation>
  </message>
  <message>
   <source>The features that can be read have a single label; training needs two or more to tell apart.</source>
   <translation>Die Objekte, die gelesen werden können, haben eine einzige Bezeichnung; das Training braucht zwei oder mehr, die es auseinanderhalten kann.</translation>
  </message>
  <message>
   <source>The field {0} of an acquisition must be {1}.</source>
   <translation>Das Feld {0} einer Aufnahme muss {1} sein.</translation>
  </message>
  <message>
   <source>The file {0} is not there.</source>
   <translation>Die Datei {0} ist nicht da.</translation>
  </message>
  <message>
   <source>The folder for encoders, {0}, cannot be made: {1}.</source>
   <translation>Der Ordner für Encoder, {0}, kann nicht angelegt werden: {1}.</translation>
  </message>
  <message>
   <source>The ground control points of {0} fit no plain transform; warp the raster first.</source>
   <translation>Zu den Passpunkten von {0} passt keine einfache Transformation; entzerren Sie zuerst das Raster.</translation>
  </message>
  <message>
   <source>The ground size is a positive number of metres.</source>
   <translation>Die Größe am Boden ist eine positive Zahl von Metern.</translation>
  </message>
  <message>
   <source>The image {0} cannot be read ({1}); mend or remove it.</source>
   <translation>Das Bild {0} kann nicht gelesen werden ({1}); reparieren oder entfernen Sie es.</translation>
  </message>
  <message>
   <source>The image {0} cannot be read; mend or remove it.</source>
   <translation>Das Bild {0} kann nicht gelesen werden; reparieren oder entfernen Sie es.</translation>
  </message>
  <message>
   <source>The image {0} cannot be read; mend or remove it. ({1})</source>
   <translation>Das Bild {0} kann nicht gelesen werden; reparieren oder entfernen Sie es. ({1})</translation>
  </message>
  <message>
   <source>The image {0} has over {1} pixels; cut it into chips first.</source>
   <translation>Das Bild {0} hat über {1} Pixel; schneiden Sie es zuerst in Chips.</translation>
  </message>
  <message>
   <source>The image {0} is not 8-bit; convert it first.</source>
   <translation>Das Bild {0} hat keine 8 Bit; wandeln Sie es zuerst um.</translation>
  </message>
  <message>
   <source>The images are of a single class; training needs two or more to tell apart.</source>
   <translation>Die Bilder gehören zu einer einzigen Klasse; das Training braucht zwei oder mehr, die es auseinanderhalten kann.</translation>
  </message>
  <message>
   <source>The images hardly differ within their classes and from view to view; add images, or take more views.</source>
   <translation>Die Bilder unterscheiden sich innerhalb ihrer Klassen und von Ansicht zu Ansicht kaum; fügen Sie Bilder hinzu, oder nehmen Sie mehr Ansichten.</translation>
  </message>
  <message>
   <source>The label of a feature must be a text or null.</source>
   <translation>Die Bezeichnung eines Objekts muss ein Text oder null sein.</translation>
  </message>
  <message>
   <source>The location of an archive in a database names its schema: schema=NAME, of 1 to 63 letters.</source>
   <translation>Der Ort eines Archivs in einer Datenbank nennt dessen Schema: schema=NAME, mit 1 bis 63 Zeichen.</translation>
  </message>
  <message>
   <source>The location of an archive takes no {0}: keep passwords in .pgpass or a service file.</source>
   <translation>Der Ort eines Archivs nimmt kein {0}: Passwörter gehören in .pgpass oder eine Service-Datei.</translation>
  </message>
  <message>
   <source>The loss is not finite in epoch {0}; begin another run with lower rates (--set trunk_rate=... head_rate=... proxy_rate=...).</source>
   <translation>Der Verlust ist in Epoche {0} nicht endlich; beginnen Sie einen anderen Lauf mit geringeren Raten (--set trunk_rate=... head_rate=... proxy_rate=...).</translation>
  </message>
  <message>
   <source>The loss was 0 in every epoch: its classes were told apart from the start, so training changed nothing. Take more or finer classes, or a larger margin.</source>
   <translation>Der Verlust war in jeder Epoche 0: Die Klassen waren von Anfang an unterschieden, das Training hat also nichts geändert. Nehmen Sie mehr oder feinere Klassen oder einen größeren Abstand (margin).</translation>
  </message>
  <message>
   <source>The loss {0} has the weight of triplet, which is 0; give it one.</source>
   <translation>Der Verlust {0} hat das Gewicht von triplet, und das ist 0; geben Sie ihm eines.</translation>
  </message>
  <message>
   <source>The number of matches is 1 to {0}, not {1}.</source>
   <translation>Die Anzahl der Treffer ist 1 bis {0}, nicht {1}.</translation>
  </message>
  <message>
   <source>The overlap of windows is 0 to 0.9.</source>
   <translation>Die Überlappung der Fenster ist 0 bis 0,9.</translation>
  </message>
  <message>
   <source>The parameter 'box' must be a list of at most {0} points.</source>
   <translation>Der Parameter 'box' muss eine Liste von höchstens {0} Punkten sein.</translation>
  </message>
  <message>
   <source>The parameter 'box' must be a list of pairs of numbers.</source>
   <translation>Der Parameter 'box' muss eine Liste von Zahlenpaaren sein.</translation>
  </message>
  <message>
   <source>The parameter 'size' must be a width and a height in metres.</source>
   <translation>Der Parameter 'size' muss eine Breite und eine Höhe in Metern sein.</translation>
  </message>
  <message>
   <source>The parameter {0} must be {1}.</source>
   <translation>Der Parameter {0} muss {1} sein.</translation>
  </message>
  <message>
   <source>The params of a request are an object.</source>
   <translation>Die params eines Auftrags sind ein Objekt.</translation>
  </message>
  <message>
   <source>The parts are image, then any of gram and prototypes, not {0}.</source>
   <translation>Die Teile sind image, dann beliebige von gram und prototypes, nicht {0}.</translation>
  </message>
  <message>
   <source>The pgvector of {0} cannot search on through a filter: update it to 0.8.</source>
   <translation>Das pgvector von {0} kann durch einen Filter nicht weitersuchen: aktualisieren Sie es auf 0.8.</translation>
  </message>
  <message>
   <source>The picture {0} cannot be read: {1}.</source>
   <translation>Das Bild {0} kann nicht gelesen werden: {1}.</translation>
  </message>
  <message>
   <source>The picture {0} could not be made.</source>
   <translation>Das Bild {0} konnte nicht gemacht werden.</translation>
  </message>
  <message>
   <source>The picture {0} could not be made. ({1})</source>
   <translation>Das Bild {0} konnte nicht gemacht werden. ({1})</translation>
  </message>
  <message>
   <source>The picture {0} could not be written: {1}.</source>
   <translation>Das Bild {0} konnte nicht geschrieben werden: {1}.</translation>
  </message>
  <message>
   <source>The picture {0} must be a PNG file of at most 1 MiB and {1} pixels a side.</source>
   <translation>Das Bild {0} muss eine PNG-Datei von höchstens 1 MiB und {1} Pixeln je Seite sein.</translation>
  </message>
  <message>
   <source>The place of {0} in the archive is damaged: index the raster again.</source>
   <translation>Die Lage von {0} im Archiv ist beschädigt: indizieren Sie das Raster neu.</translation>
  </message>
  <message>
   <source>The query embedding has {0} numbers and the archive's {1}.</source>
   <translation>Das Embedding der Anfrage hat {0} Zahlen, das des Archivs {1}.</translation>
  </message>
  <message>
   <source>The query embedding must be a list of finite numbers.</source>
   <translation>Das Embedding der Anfrage muss eine Liste endlicher Zahlen sein.</translation>
  </message>
  <message>
   <source>The raster {0} cannot be decoded.</source>
   <translation>Das Raster {0} kann nicht dekodiert werden.</translation>
  </message>
  <message>
   <source>The raster {0} cannot be decoded. ({1})</source>
   <translation>Das Raster {0} kann nicht dekodiert werden. ({1})</translation>
  </message>
  <message>
   <source>The raster {0} cannot be read.</source>
   <translation>Das Raster {0} kann nicht gelesen werden.</translation>
  </message>
  <message>
   <source>The raster {0} cannot be read. ({1})</source>
   <translation>Das Raster {0} kann nicht gelesen werden. ({1})</translation>
  </message>
  <message>
   <source>The raster {0} does not exist; check its path, or mount its drive.</source>
   <translation>Das Raster {0} gibt es nicht; prüfen Sie seinen Pfad, oder binden Sie sein Laufwerk ein.</translation>
  </message>
  <message>
   <source>The raster {0} has no coordinate reference system; georeference it first.</source>
   <translation>Das Raster {0} hat kein Koordinatenbezugssystem; georeferenzieren Sie es zuerst.</translation>
  </message>
  <message>
   <source>The raster {0} has no geotransform; georeference it first.</source>
   <translation>Das Raster {0} hat keine Geotransformation; georeferenzieren Sie es zuerst.</translation>
  </message>
  <message>
   <source>The raster {0} has pixels of {1} m and cannot be read at {2} m.</source>
   <translation>Das Raster {0} hat Pixel von {1} m und kann nicht mit {2} m gelesen werden.</translation>
  </message>
  <message>
   <source>The raster {0} holds complex numbers; convert it to intensity.</source>
   <translation>Das Raster {0} enthält komplexe Zahlen; wandeln Sie es in Intensitäten um.</translation>
  </message>
  <message>
   <source>The raster {0} holds no bands.</source>
   <translation>Das Raster {0} enthält keine Kanäle.</translation>
  </message>
  <message>
   <source>The raster {0} holds no bands; it is a container, give one of its parts, such as {1}.</source>
   <translation>Das Raster {0} enthält keine Kanäle; es ist ein Container, geben Sie einen seiner Teile an, etwa {1}.</translation>
  </message>
  <message>
   <source>The raster's CRS and transform do not place it on the Earth.</source>
   <translation>KBS und Transformation des Rasters legen es nicht auf die Erde.</translation>
  </message>
  <message>
   <source>The raster's transform gives its pixels no size; georeference the raster again.</source>
   <translation>Die Transformation des Rasters gibt seinen Pixeln keine Größe; georeferenzieren Sie das Raster neu.</translation>
  </message>
  <message>
   <source>The record of raster {0} is damaged ({1}): restore the archive or index again.</source>
   <translation>Der Eintrag von Raster {0} ist beschädigt ({1}): stellen Sie das Archiv wieder her, oder indizieren Sie neu.</translation>
  </message>
  <message>
   <source>The record of {0} is not one to keep: {1}.</source>
   <translation>Der Eintrag von {0} kann so nicht aufgenommen werden: {1}.</translation>
  </message>
  <message>
   <source>The request cannot be written as JSON: {0}.</source>
   <translation>Der Auftrag kann nicht als JSON geschrieben werden: {0}.</translation>
  </message>
  <message>
   <source>The request has {0} bytes, more than {1}; ask for less at once.</source>
   <translation>Der Auftrag hat {0} Bytes, mehr als {1}; verlangen Sie weniger auf einmal.</translation>
  </message>
  <message>
   <source>The result holds numbers that are not finite; verify the archive.</source>
   <translation>Das Ergebnis enthält Zahlen, die nicht endlich sind; prüfen Sie das Archiv mit verify.</translation>
  </message>
  <message>
   <source>The saved query {0} cannot be read: delete it, and save it anew.</source>
   <translation>Die gespeicherte Anfrage {0} kann nicht gelesen werden: löschen Sie sie, und speichern Sie sie neu.</translation>
  </message>
  <message>
   <source>The saved query {0} cannot be read: delete it.</source>
   <translation>Die gespeicherte Anfrage {0} kann nicht gelesen werden: löschen Sie sie.</translation>
  </message>
  <message>
   <source>The share of features to keep apart is 0 to 0.5, not {0}.</source>
   <translation>Der zurückgehaltene Anteil der Objekte ist 0 bis 0,5, nicht {0}.</translation>
  </message>
  <message>
   <source>The side must be a multiple of {0} px, up to {1}, not {2}; {3} is usual.</source>
   <translation>Die Seite muss ein Vielfaches von {0} px sein, bis {1}, nicht {2}; {3} ist üblich.</translation>
  </message>
  <message>
   <source>The side of {0} px is not whole cells of {1} px; use {2}.</source>
   <translation>Die Seite von {0} px besteht nicht aus ganzen Zellen von {1} px; nehmen Sie {2}.</translation>
  </message>
  <message>
   <source>The size of points must be a number of metres above 0.</source>
   <translation>Die Größe der Punkte muss eine Zahl von Metern über 0 sein.</translation>
  </message>
  <message>
   <source>The size of points must be above 0 m, not {0}.</source>
   <translation>Die Größe der Punkte muss über 0 m liegen, nicht {0}.</translation>
  </message>
  <message>
   <source>The state in {0} does not fit this training: {1}. Begin another run with --run.</source>
   <translation>Der Stand in {0} passt nicht zu diesem Training: {1}. Beginnen Sie einen anderen Lauf mit --run.</translation>
  </message>
  <message>
   <source>The strength {0} of the augmentation must lie between {1} and {2}, not at {3}.</source>
   <translation>Die Stärke {0} der Augmentierung muss zwischen {1} und {2} liegen, nicht bei {3}.</translation>
  </message>
  <message>
   <source>The surroundings are 0 to {0} times a feature's longer side.</source>
   <translation>Die Umgebung ist 0- bis {0}-mal die längere Seite eines Objekts.</translation>
  </message>
  <message>
   <source>The training stopped before it had ended, often for want of memory: close other programs, or train on fewer features, and try again.</source>
   <translation>Das Training hat vor seinem Ende aufgehört, oft aus Mangel an Speicher: schließen Sie andere Programme, oder trainieren Sie mit weniger Objekten, und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>The user of {0}'s user mapping cannot read the schema {1} there ({2}): remove that schema, and give a location on the same server and database, with that user.</source>
   <translation>Der Benutzer, als der {0} sich nach seinem User Mapping anmeldet, darf das Schema {1} dort nicht lesen ({2}): löschen Sie dieses Schema, und geben Sie einen Ort auf demselben Server und in derselben Datenbank mit diesem Benutzer an.</translation>
  </message>
  <message>
   <source>The views need {0} GB in {1}, where {2} GB are free; make room, choose another folder with --cache, or take fewer --views.</source>
   <translation>Die Ansichten brauchen {0} GB in {1}, wo {2} GB frei sind; schaffen Sie Platz, wählen Sie mit --cache einen anderen Ordner, oder nehmen Sie weniger --views.</translation>
  </message>
  <message>
   <source>The weight of the words is a number from 0 to 1.</source>
   <translation>Das Gewicht der Worte ist eine Zahl von 0 bis 1.</translation>
  </message>
  <message>
   <source>The worker {0} of the cluster cannot encode: {1}</source>
   <translation>Der Worker {0} des Clusters kann nicht kodieren: {1}</translation>
  </message>
  <message>
   <source>The workers of the cluster at {0} must have what this computer has; install that there and start them again: {1}.</source>
   <translation>Die Worker des Clusters unter {0} müssen haben, was dieser Rechner hat; installieren Sie das dort und starten Sie sie noch einmal: {1}.</translation>
  </message>
  <message>
   <source>The workers of the cluster differ from this computer, which may tell a little: {0}.</source>
   <translation>Die Worker des Clusters weichen von diesem Rechner ab, was ein wenig ausmachen kann: {0}.</translation>
  </message>
  <message>
   <source>The {0} ran out of memory. Close other programs or choose the CPU as device, and give the same command again; or begin another run with fewer images_per_class.</source>
   <translation>Dem Gerät {0} ist der Speicher ausgegangen. Schließen Sie andere Programme, oder wählen Sie den Prozessor als Gerät, und geben Sie denselben Befehl noch einmal; oder beginnen Sie einen anderen Lauf mit weniger images_per_class.</translation>
  </message>
  <message>
   <source>The {0} ran out of memory. Close other programs, or choose the CPU as device.</source>
   <translation>Dem Gerät {0} ist der Speicher ausgegangen. Schließen Sie andere Programme, oder wählen Sie den Prozessor als Gerät.</translation>
  </message>
  <message>
   <source>There are no features; the layer is empty, or none is selected.</source>
   <translation>Es gibt keine Objekte; der Layer ist leer, oder keines ist gewählt.</translation>
  </message>
  <message>
   <source>There are over {0} features; select so many at most, at random for example.</source>
   <translation>Es gibt über {0} Objekte; wählen Sie höchstens so viele, zum Beispiel zufällig.</translation>
  </message>
  <message>
   <source>There is a saved query {0} already; replace it or take another name.</source>
   <translation>Es gibt schon eine gespeicherte Anfrage {0}; ersetzen Sie sie, oder nehmen Sie einen anderen Namen.</translation>
  </message>
  <message>
   <source>There is an encoder {0} already, {1}; choose another id, or delete it.</source>
   <translation>Es gibt schon einen Encoder {0}, {1}; wählen Sie eine andere Kennung, oder löschen Sie ihn.</translation>
  </message>
  <message>
   <source>There is no archive at {0}: check the path.</source>
   <translation>Es gibt kein Archiv unter {0}: prüfen Sie den Pfad.</translation>
  </message>
  <message>
   <source>There is no archive {0}, and a new one needs a name that ends in .gpkg; give it such a name, before its rasters.</source>
   <translation>Es gibt kein Archiv {0}, und ein neues braucht einen Namen, der auf .gpkg endet; geben Sie ihm einen solchen Namen, vor seinen Rastern.</translation>
  </message>
  <message>
   <source>There is no archive {0}: check the schema.</source>
   <translation>Es gibt kein Archiv {0}: prüfen Sie das Schema.</translation>
  </message>
  <message>
   <source>There is no device {0}; use one of {1}.</source>
   <translation>Es gibt kein Gerät {0}; nehmen Sie eines von {1}.</translation>
  </message>
  <message>
   <source>There is no encoder {0} here; installed: none.</source>
   <translation>Es gibt hier keinen Encoder {0}; installiert: keiner.</translation>
  </message>
  <message>
   <source>There is no encoder {0} here; installed: none. `make encoders` in the repository makes it.</source>
   <translation>Es gibt hier keinen Encoder {0}; installiert: keiner. `make encoders` im Repository macht ihn.</translation>
  </message>
  <message>
   <source>There is no encoder {0} here; installed: {1}.</source>
   <translation>Es gibt hier keinen Encoder {0}; installiert: {1}.</translation>
  </message>
  <message>
   <source>There is no encoder {0} here; installed: {1}. `make encoders` in the repository makes it.</source>
   <translation>Es gibt hier keinen Encoder {0}; installiert: {1}. `make encoders` im Repository macht ihn.</translation>
  </message>
  <message>
   <source>There is no file {0}: check the path.</source>
   <translation>Es gibt keine Datei {0}: Prüfen Sie den Pfad.</translation>
  </message>
  <message>
   <source>There is no folder {0}.</source>
   <translation>Es gibt keinen Ordner {0}.</translation>
  </message>
  <message>
   <source>There is no folder {0}: make it or choose another.</source>
   <translation>Es gibt keinen Ordner {0}: legen Sie ihn an, oder wählen Sie einen anderen.</translation>
  </message>
  <message>
   <source>There is no folder {0}; choose one that holds the rasters.</source>
   <translation>Es gibt keinen Ordner {0}; wählen Sie einen, in dem die Raster liegen.</translation>
  </message>
  <message>
   <source>These workers of the cluster do not see the folder {0}, or cannot write into it: {1}. Choose one that all computers share under the same path.</source>
   <translation>Diese Worker des Clusters sehen den Ordner {0} nicht oder können nicht hineinschreiben: {1}. Wählen Sie einen, den alle Rechner unter demselben Pfad teilen.</translation>
  </message>
  <message>
   <source>This connection logs in by a certificate of QGIS's, which the engine cannot have: use one with user name and password, or keep the certificate where PostgreSQL's own programs find it.</source>
   <translation>Diese Verbindung meldet sich mit einem Zertifikat von QGIS an, das die Engine nicht haben kann: nehmen Sie eine mit Benutzername und Passwort, oder legen Sie das Zertifikat dorthin, wo PostgreSQLs eigene Programme es finden.</translation>
  </message>
  <message>
   <source>This user may not make {0}: ask who keeps the database for the right to CREATE in it.</source>
   <translation>Dieser Benutzer darf {0} nicht anlegen: bitten Sie, wer die Datenbank verwaltet, um das Recht CREATE.</translation>
  </message>
  <message>
   <source>Trained</source>
   <translation>Trainiert</translation>
  </message>
  <message>
   <source>Training needs pytorch-metric-learning, which this Python lacks; run `pip install -r requirements-learning.txt`.</source>
   <translation>Das Training braucht pytorch-metric-learning, das diesem Python fehlt; führen Sie `pip install -r requirements-learning.txt` aus.</translation>
  </message>
  <message>
   <source>Two of the datasets are called alike ({0}); rename a folder.</source>
   <translation>Zwei der Datensätze heißen gleich ({0}); benennen Sie einen Ordner um.</translation>
  </message>
  <message>
   <source>What the cluster has encoded does not appear in {0}.</source>
   <translation>Was der Cluster kodiert hat, erscheint nicht in {0}.</translation>
  </message>
  <message>
   <source>Window sizes are 1 to {0} cells of {1} pixels.</source>
   <translation>Fenstergrößen sind 1 bis {0} Zellen von {1} Pixeln.</translation>
  </message>
  <message>
   <source>Without match there is no image part of its own for auxiliary; set auxiliary=0.</source>
   <translation>Ohne match gibt es keinen eigenen Bildteil für auxiliary; setzen Sie auxiliary=0.</translation>
  </message>
  <message>
   <source>a comma or the word or</source>
   <translation>ein Komma oder das Wort or</translation>
  </message>
  <message>
   <source>a date such as 2019, 2019-06, 2019-06-07 or 2019-06-07T10:30:31Z</source>
   <translation>ein Datum wie 2019, 2019-06, 2019-06-07 oder 2019-06-07T10:30:31Z</translation>
  </message>
  <message>
   <source>a date such as 2020, 2020-05, May 2020 or 31.5.2020</source>
   <translation>ein Datum wie 2020, 2020-05, May 2020 oder 31.5.2020</translation>
  </message>
  <message>
   <source>a filter is not finite</source>
   <translation>ein Filter ist nicht endlich</translation>
  </message>
  <message>
   <source>a finite number</source>
   <translation>eine endliche Zahl</translation>
  </message>
  <message>
   <source>a footprint is not finite</source>
   <translation>ein Umriss ist nicht endlich</translation>
  </message>
  <message>
   <source>a footprint is not one that FRORS wrote</source>
   <translation>ein Umriss ist nicht von FRORS geschrieben</translation>
  </message>
  <message>
   <source>a geotransform has six finite numbers</source>
   <translation>eine Geotransformation hat sechs endliche Zahlen</translation>
  </message>
  <message>
   <source>a latitude such as 43.3 N</source>
   <translation>eine geographische Breite wie 43.3 N</translation>
  </message>
  <message>
   <source>a list of lists of {0} numbers</source>
   <translation>eine Liste von Listen von {0} Zahlen</translation>
  </message>
  <message>
   <source>a list of texts</source>
   <translation>eine Liste von Texten</translation>
  </message>
  <message>
   <source>a list of whole numbers</source>
   <translation>eine Liste ganzer Zahlen</translation>
  </message>
  <message>
   <source>a longitude and a latitude in degrees</source>
   <translation>eine geographische Länge und Breite in Grad</translation>
  </message>
  <message>
   <source>a longitude such as 5.4 E</source>
   <translation>eine geographische Länge wie 5.4 E</translation>
  </message>
  <message>
   <source>a number</source>
   <translation>eine Zahl</translation>
  </message>
  <message>
   <source>a number of degrees from 0 to 90</source>
   <translation>eine Zahl von Grad von 0 bis 90</translation>
  </message>
  <message>
   <source>a number of kilometres or metres</source>
   <translation>eine Zahl von Kilometern oder Metern</translation>
  </message>
  <message>
   <source>a number of metres above 0.0001</source>
   <translation>eine Zahl von Metern über 0.0001</translation>
  </message>
  <message>
   <source>a number of metres up to 1,000,000</source>
   <translation>eine Zahl von Metern bis 1.000.000</translation>
  </message>
  <message>
   <source>a number of per cent from 0 to 100</source>
   <translation>eine Zahl von Prozent von 0 bis 100</translation>
  </message>
  <message>
   <source>a platform, a season, a month, a date, since, until, before, after, within, near, resolution, cloud or off-nadir</source>
   <translation>eine Plattform, eine Jahreszeit, ein Monat, ein Datum, since, until, before, after, within, near, resolution, cloud oder off-nadir</translation>
  </message>
  <message>
   <source>a sign such as &lt;</source>
   <translation>ein Zeichen wie &lt;</translation>
  </message>
  <message>
   <source>a sign: &lt;, &lt;=, &gt;, &gt;= or =</source>
   <translation>ein Zeichen: &lt;, &lt;=, &gt;, &gt;= oder =</translation>
  </message>
  <message>
   <source>a text</source>
   <translation>ein Text</translation>
  </message>
  <message>
   <source>a text with letters</source>
   <translation>ein Text mit Buchstaben</translation>
  </message>
  <message>
   <source>a whole number</source>
   <translation>eine ganze Zahl</translation>
  </message>
  <message>
   <source>a year</source>
   <translation>ein Jahr</translation>
  </message>
  <message>
   <source>an object of fields</source>
   <translation>ein JSON-Objekt mit Feldern</translation>
  </message>
  <message>
   <source>an object was expected</source>
   <translation>ein Objekt wurde erwartet</translation>
  </message>
  <message>
   <source>an outline without four corners</source>
   <translation>ein Umriss ohne vier Ecken</translation>
  </message>
  <message>
   <source>boxes</source>
   <translation>Rahmen</translation>
  </message>
  <message>
   <source>cannot be read ({0})</source>
   <translation>kann nicht gelesen werden ({0})</translation>
  </message>
  <message>
   <source>checkpoint sha-256</source>
   <translation>SHA-256 des Checkpoints</translation>
  </message>
  <message>
   <source>claims chips that cannot be</source>
   <translation>beansprucht Chips, die es nicht geben kann</translation>
  </message>
  <message>
   <source>claims the chips of another one</source>
   <translation>beansprucht die Chips eines anderen</translation>
  </message>
  <message>
   <source>classes called {0}</source>
   <translation>Klassen mit den Namen {0}</translation>
  </message>
  <message>
   <source>compared at</source>
   <translation>verglichen mit</translation>
  </message>
  <message>
   <source>cosine of the embeddings of boxes, ties in the order of the layer</source>
   <translation>Kosinus der Embeddings der Rahmen, bei Gleichstand in der Reihenfolge des Layers</translation>
  </message>
  <message>
   <source>encoder</source>
   <translation>Encoder</translation>
  </message>
  <message>
   <source>exit code {0}</source>
   <translation>Exit-Code {0}</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>gescheitert</translation>
  </message>
  <message>
   <source>fails its checksum</source>
   <translation>besteht seine Prüfsumme nicht</translation>
  </message>
  <message>
   <source>features</source>
   <translation>Objekte</translation>
  </message>
  <message>
   <source>features that were skipped</source>
   <translation>übergangene Objekte</translation>
  </message>
  <message>
   <source>four numbers: xmin, ymin, xmax, ymax</source>
   <translation>vier Zahlen: xmin, ymin, xmax, ymax</translation>
  </message>
  <message>
   <source>gallery</source>
   <translation>Galerie</translation>
  </message>
  <message>
   <source>has chips without a level</source>
   <translation>hat Chips ohne Stufe</translation>
  </message>
  <message>
   <source>has the wrong length</source>
   <translation>hat die falsche Länge</translation>
  </message>
  <message>
   <source>has values that are not finite</source>
   <translation>hat Werte, die nicht endlich sind</translation>
  </message>
  <message>
   <source>has {0} vectors for {1} chips</source>
   <translation>hat {0} Vektoren für {1} Chips</translation>
  </message>
  <message>
   <source>indexed</source>
   <translation>indiziert</translation>
  </message>
  <message>
   <source>indexing</source>
   <translation>wird indiziert</translation>
  </message>
  <message>
   <source>is of the wrong type</source>
   <translation>ist vom falschen Typ</translation>
  </message>
  <message>
   <source>it closed its output</source>
   <translation>sie hat ihre Ausgabe geschlossen</translation>
  </message>
  <message>
   <source>it does not embed a test picture as a vector of length 1</source>
   <translation>sie macht aus einem Testbild keinen Vektor der Länge 1</translation>
  </message>
  <message>
   <source>it has a head {0}, which this version does not know</source>
   <translation>sie hat einen Kopf {0}, den diese Version nicht kennt</translation>
  </message>
  <message>
   <source>it has a trunk {0}, which this version does not know</source>
   <translation>sie hat einen Rumpf {0}, den diese Version nicht kennt</translation>
  </message>
  <message>
   <source>it has changed meanwhile</source>
   <translation>sie wurde inzwischen geändert</translation>
  </message>
  <message>
   <source>it has embeddings of {0} numbers, the ones before of {1}</source>
   <translation>sie hat Embeddings mit {0} Zahlen, die davor haben {1}</translation>
  </message>
  <message>
   <source>it has fewer rows than it says</source>
   <translation>sie hat weniger Zeilen, als sie angibt</translation>
  </message>
  <message>
   <source>it has no column of embeddings, which are lists of numbers; it has {0}</source>
   <translation>sie hat keine Spalte mit Embeddings, also Listen von Zahlen; sie hat {0}</translation>
  </message>
  <message>
   <source>it has no column of geometries as well-known binary; it has {0}</source>
   <translation>sie hat keine Spalte mit Geometrien als Well-known Binary; sie hat {0}</translation>
  </message>
  <message>
   <source>it has no column {0} of lists of numbers; it has {1}</source>
   <translation>sie hat keine Spalte {0} mit Listen von Zahlen; sie hat {1}</translation>
  </message>
  <message>
   <source>it has no rows</source>
   <translation>sie hat keine Zeilen</translation>
  </message>
  <message>
   <source>it has several columns of the name {0}</source>
   <translation>sie hat mehrere Spalten mit dem Namen {0}</translation>
  </message>
  <message>
   <source>it has {0} bands, and band {1} is wanted</source>
   <translation>es hat {0} Kanäle, und Kanal {1} wird gebraucht</translation>
  </message>
  <message>
   <source>it has {0} rows of the {1} that were exported</source>
   <translation>sie hat {0} Zeilen von den {1}, die exportiert wurden</translation>
  </message>
  <message>
   <source>it is larger than {0} MB</source>
   <translation>sie ist größer als {0} MB</translation>
  </message>
  <message>
   <source>it is no safetensors file, or not a whole one ({0})</source>
   <translation>es ist keine safetensors-Datei oder keine ganze ({0})</translation>
  </message>
  <message>
   <source>it is of the model {0}, {1} of another</source>
   <translation>sie ist vom Modell {0}, {1} von einem anderen</translation>
  </message>
  <message>
   <source>it is that after epoch {0} of {1}</source>
   <translation>er ist der nach Epoche {0} von {1}</translation>
  </message>
  <message>
   <source>it is unknown</source>
   <translation>es ist unbekannt</translation>
  </message>
  <message>
   <source>it lacks the column {0} that its metadata geo name</source>
   <translation>ihr fehlt die Spalte {0}, die ihre Metadaten geo nennen</translation>
  </message>
  <message>
   <source>it lacks the columns {0}</source>
   <translation>ihr fehlen die Spalten {0}</translation>
  </message>
  <message>
   <source>it names a class twice</source>
   <translation>sie nennt eine Klasse zweimal</translation>
  </message>
  <message>
   <source>it sent a message of more than {0} bytes</source>
   <translation>sie hat eine Nachricht von mehr als {0} Bytes geschickt</translation>
  </message>
  <message>
   <source>it was closed</source>
   <translation>es wurde geschlossen</translation>
  </message>
  <message>
   <source>it was exported by a newer FRORS, update the plugin to import it</source>
   <translation>ein neueres FRORS hat sie exportiert, aktualisieren Sie die Erweiterung, um sie zu importieren</translation>
  </message>
  <message>
   <source>its CRS cannot be used ({0})</source>
   <translation>ihr KBS kann nicht verwendet werden ({0})</translation>
  </message>
  <message>
   <source>its column {0} does not hold numbers</source>
   <translation>ihre Spalte {0} enthält keine Zahlen</translation>
  </message>
  <message>
   <source>its column {0} does not hold well-known binary</source>
   <translation>ihre Spalte {0} enthält kein Well-known Binary</translation>
  </message>
  <message>
   <source>its column {0} holds whole numbers, and its metadata emb do not tell their scale</source>
   <translation>ihre Spalte {0} enthält ganze Zahlen, und ihre Metadaten emb nennen deren Maßstab nicht</translation>
  </message>
  <message>
   <source>its coordinates are too large for any CRS</source>
   <translation>ihre Koordinaten sind zu groß für jedes KBS</translation>
  </message>
  <message>
   <source>its facts are not numbers</source>
   <translation>seine Angaben sind keine Zahlen</translation>
  </message>
  <message>
   <source>its format version is unknown</source>
   <translation>seine Formatversion ist unbekannt</translation>
  </message>
  <message>
   <source>its geometries are points, say how large they are on the ground</source>
   <translation>ihre Geometrien sind Punkte, geben Sie an, wie groß sie am Boden sind</translation>
  </message>
  <message>
   <source>its header does not describe an encoder</source>
   <translation>ihr Kopf beschreibt keinen Encoder</translation>
  </message>
  <message>
   <source>its header does not say of how many dimensions its embeddings are</source>
   <translation>ihr Kopf sagt nicht, wie viele Dimensionen ihre Embeddings haben</translation>
  </message>
  <message>
   <source>its id is none</source>
   <translation>seine Kennung ist keine</translation>
  </message>
  <message>
   <source>its match is {0}, not true or false</source>
   <translation>ihr match ist {0}, nicht wahr oder falsch</translation>
  </message>
  <message>
   <source>its metadata emb are not JSON</source>
   <translation>ihre Metadaten emb sind kein JSON</translation>
  </message>
  <message>
   <source>its metadata geo are not JSON</source>
   <translation>ihre Metadaten geo sind kein JSON</translation>
  </message>
  <message>
   <source>its metadata geo name no primary column</source>
   <translation>ihre Metadaten geo nennen keine Hauptspalte</translation>
  </message>
  <message>
   <source>its metadata {0} are damaged</source>
   <translation>ihre Metadaten {0} sind beschädigt</translation>
  </message>
  <message>
   <source>its metadata {0} are not JSON</source>
   <translation>ihre Metadaten {0} sind kein JSON</translation>
  </message>
  <message>
   <source>its names are not a list of printable texts</source>
   <translation>ihre Namen sind keine Liste druckbarer Texte</translation>
  </message>
  <message>
   <source>its parts are not given by name</source>
   <translation>ihre Teile sind nicht mit Namen angegeben</translation>
  </message>
  <message>
   <source>its parts have {0} dimensions, not {1}</source>
   <translation>ihre Teile haben {0} Dimensionen, nicht {1}</translation>
  </message>
  <message>
   <source>its prototypes are not of length 1</source>
   <translation>ihre Prototypen haben nicht die Länge 1</translation>
  </message>
  <message>
   <source>its quantization has another dimension than its embeddings</source>
   <translation>ihre Quantisierung hat eine andere Dimension als ihre Embeddings</translation>
  </message>
  <message>
   <source>its removals are not counted</source>
   <translation>das Entfernte ist nicht gezählt</translation>
  </message>
  <message>
   <source>its rows are not of one length</source>
   <translation>seine Zeilen sind nicht gleich lang</translation>
  </message>
  <message>
   <source>its rows {0} to {1} are not as FRORS has exported them</source>
   <translation>ihre Zeilen {0} bis {1} sind nicht so, wie FRORS sie exportiert hat</translation>
  </message>
  <message>
   <source>its table {0} is missing</source>
   <translation>seine Tabelle {0} fehlt</translation>
  </message>
  <message>
   <source>its weights or its description are not those that it was saved with: the sha-256 differs</source>
   <translation>ihre Gewichte oder ihre Beschreibung sind nicht die, mit denen sie gespeichert wurde: die SHA-256 weicht ab</translation>
  </message>
  <message>
   <source>its {0} is missing</source>
   <translation>sein Eintrag {0} fehlt</translation>
  </message>
  <message>
   <source>km or m</source>
   <translation>km oder m</translation>
  </message>
  <message>
   <source>labels</source>
   <translation>Bezeichnungen</translation>
  </message>
  <message>
   <source>missing</source>
   <translation>fehlt</translation>
  </message>
  <message>
   <source>no view was added</source>
   <translation>keine Ansicht wurde hinzugefügt</translation>
  </message>
  <message>
   <source>no, nor features in the same place</source>
   <translation>nein, auch Objekte am selben Ort nicht</translation>
  </message>
  <message>
   <source>one of rows {0} to {1}: {2}</source>
   <translation>eine der Zeilen {0} bis {1}: {2}</translation>
  </message>
  <message>
   <source>queries</source>
   <translation>Anfragen</translation>
  </message>
  <message>
   <source>queries without another feature of their label, left out</source>
   <translation>weggelassene Anfragen ohne ein anderes Objekt ihrer Bezeichnung</translation>
  </message>
  <message>
   <source>query in its own gallery</source>
   <translation>Anfrage in ihrer eigenen Galerie</translation>
  </message>
  <message>
   <source>ranking</source>
   <translation>Rangfolge</translation>
  </message>
  <message>
   <source>rasters</source>
   <translation>Raster</translation>
  </message>
  <message>
   <source>relevance</source>
   <translation>Relevanz</translation>
  </message>
  <message>
   <source>round the features, read as query boxes are, with {0} px of what surrounds them</source>
   <translation>um die Objekte, gelesen wie die von Anfragen, mit {0} px Umgebung</translation>
  </message>
  <message>
   <source>row {0} does not lie on the Earth in its CRS</source>
   <translation>Zeile {0} liegt in ihrem KBS nicht auf der Erde</translation>
  </message>
  <message>
   <source>row {0} has gaps in its embedding</source>
   <translation>Zeile {0} hat Lücken in ihrem Embedding</translation>
  </message>
  <message>
   <source>row {0} has no embedding</source>
   <translation>Zeile {0} hat kein Embedding</translation>
  </message>
  <message>
   <source>row {0} has no geometry</source>
   <translation>Zeile {0} hat keine Geometrie</translation>
  </message>
  <message>
   <source>row {0} has no {1}</source>
   <translation>Zeile {0} hat kein {1}</translation>
  </message>
  <message>
   <source>row {0} has {1} numbers, the rows before it {2}</source>
   <translation>Zeile {0} hat {1} Zahlen, die Zeilen davor {2}</translation>
  </message>
  <message>
   <source>row {0} has {1} numbers, which is no embedding</source>
   <translation>Zeile {0} hat {1} Zahlen, das ist kein Embedding</translation>
  </message>
  <message>
   <source>same label</source>
   <translation>dieselbe Bezeichnung</translation>
  </message>
  <message>
   <source>several columns may be its embeddings ({0}), say which</source>
   <translation>mehrere Spalten könnten ihre Embeddings sein ({0}), geben Sie an, welche</translation>
  </message>
  <message>
   <source>signal {0}, often for want of memory</source>
   <translation>Signal {0}, oft aus Mangel an Speicher</translation>
  </message>
  <message>
   <source>sum of precisions at relevant ranks &lt;= k, divided by min(k, relevant in gallery)</source>
   <translation>Summe der Precisions bei relevanten Rängen &lt;= k, geteilt durch min(k, Relevante in der Galerie)</translation>
  </message>
  <message>
   <source>the CRS of its column {0} is said to be unknown</source>
   <translation>das KBS ihrer Spalte {0} ist als unbekannt angegeben</translation>
  </message>
  <message>
   <source>the embedding of row {0} has no direction: its numbers are not finite, or 0</source>
   <translation>das Embedding von Zeile {0} hat keine Richtung: Seine Zahlen sind nicht endlich, oder 0</translation>
  </message>
  <message>
   <source>the file is cut short</source>
   <translation>die Datei ist abgeschnitten</translation>
  </message>
  <message>
   <source>the file is empty</source>
   <translation>die Datei ist leer</translation>
  </message>
  <message>
   <source>the geometry of row {0} has no area</source>
   <translation>die Geometrie von Zeile {0} hat keine Fläche</translation>
  </message>
  <message>
   <source>the last date, such as 2021</source>
   <translation>das letzte Datum, etwa 2021</translation>
  </message>
  <message>
   <source>the levels of {0}</source>
   <translation>den Stufen von {0}</translation>
  </message>
  <message>
   <source>the offset of its quantization is not made of numbers</source>
   <translation>der Versatz ihrer Quantisierung besteht nicht aus Zahlen</translation>
  </message>
  <message>
   <source>the raster's own GSD, windows of 8 and 4 cells</source>
   <translation>der eigenen GSD des Rasters, Fenstern von 8 und 4 Zellen</translation>
  </message>
  <message>
   <source>the scale of its quantization is not made of numbers</source>
   <translation>der Maßstab ihrer Quantisierung besteht nicht aus Zahlen</translation>
  </message>
  <message>
   <source>there is no file {0}</source>
   <translation>es gibt keine Datei {0}</translation>
  </message>
  <message>
   <source>true or false</source>
   <translation>wahr oder falsch</translation>
  </message>
  <message>
   <source>what it prints is not FRORS's protocol</source>
   <translation>was sie ausgibt, ist nicht das Protokoll von FRORS</translation>
  </message>
  <message>
   <source>xmin, ymin, xmax, ymax with the least values first</source>
   <translation>xmin, ymin, xmax, ymax mit den kleineren Werten zuerst</translation>
  </message>
  <message>
   <source>{0} cannot be imported: {1}.</source>
   <translation>{0} kann nicht importiert werden: {1}.</translation>
  </message>
  <message>
   <source>{0} cannot be listed ({1}); check its permissions.</source>
   <translation>{0} kann nicht aufgelistet werden ({1}); prüfen Sie die Zugriffsrechte.</translation>
  </message>
  <message>
   <source>{0} cannot be opened: check that you may write there.</source>
   <translation>{0} kann nicht geöffnet werden: prüfen Sie, ob Sie dort schreiben dürfen.</translation>
  </message>
  <message>
   <source>{0} cannot be read as a file: check the path.</source>
   <translation>{0} kann nicht als Datei gelesen werden: prüfen Sie den Pfad.</translation>
  </message>
  <message>
   <source>{0} cannot be read in a sentence about an acquisition, or not in this place.</source>
   <translation>{0} ist in einem Satz über eine Aufnahme nicht zu lesen, oder nicht an dieser Stelle.</translation>
  </message>
  <message>
   <source>{0} cannot be read; in its place could stand {1}.</source>
   <translation>{0} ist nicht zu lesen; an dieser Stelle könnte stehen: {1}.</translation>
  </message>
  <message>
   <source>{0} cannot be the id of an encoder: give up to 40 letters (a to z), digits, - and _, a letter or a digit first.</source>
   <translation>{0} kann nicht die Kennung eines Encoders sein: geben Sie bis zu 40 Buchstaben (a bis z), Ziffern, - und _ an, zuerst einen Buchstaben oder eine Ziffer.</translation>
  </message>
  <message>
   <source>{0} cannot be the name of a file: rename it and try again.</source>
   <translation>{0} kann nicht der Name einer Datei sein: benennen Sie sie um, und versuchen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>{0} cannot be written ({1}): check its disk.</source>
   <translation>{0} kann nicht geschrieben werden ({1}): Prüfen Sie die Festplatte.</translation>
  </message>
  <message>
   <source>{0} cannot be written ({1}); make room there, then give the same command again.</source>
   <translation>{0} kann nicht geschrieben werden ({1}); schaffen Sie dort Platz, und geben Sie dann denselben Befehl noch einmal.</translation>
  </message>
  <message>
   <source>{0} cannot be written in {1}: {2}. Choose another folder.</source>
   <translation>{0} kann in {1} nicht geschrieben werden: {2}. Wählen Sie einen anderen Ordner.</translation>
  </message>
  <message>
   <source>{0} cannot be written to: copy it to a folder of yours.</source>
   <translation>In {0} kann nicht geschrieben werden: kopieren Sie es in einen eigenen Ordner.</translation>
  </message>
  <message>
   <source>{0} changed while it was indexed: index it again when nothing writes to it any more.</source>
   <translation>{0} hat sich geändert, während es indiziert wurde: indizieren Sie es noch einmal, wenn nichts mehr hineinschreibt.</translation>
  </message>
  <message>
   <source>{0} chips lie under the box; draw a smaller one.</source>
   <translation>{0} Chips liegen unter dem Rahmen; ziehen Sie einen kleineren.</translation>
  </message>
  <message>
   <source>{0} classes of {1} prototypes are not 1 to {2} in all</source>
   <translation>{0} Klassen mit {1} Prototypen ergeben nicht 1 bis {2} insgesamt</translation>
  </message>
  <message>
   <source>{0} does not give back what was written to it: check its disk.</source>
   <translation>{0} gibt nicht zurück, was hineingeschrieben wurde: prüfen Sie die Platte.</translation>
  </message>
  <message>
   <source>{0} does not let this user do that ({1}): ask who keeps the database.</source>
   <translation>{0} erlaubt das diesem Benutzer nicht ({1}): fragen Sie, wer die Datenbank verwaltet.</translation>
  </message>
  <message>
   <source>{0} exists already and is no shard of this archive: name another.</source>
   <translation>{0} gibt es schon und ist kein Shard dieses Archivs: nennen Sie ein anderes Schema.</translation>
  </message>
  <message>
   <source>{0} exists already: open it, or choose another name.</source>
   <translation>{0} gibt es schon: öffnen Sie es, oder wählen Sie einen anderen Namen.</translation>
  </message>
  <message>
   <source>{0} features share over a fifth of their ground with another one: such find each other by the same pixels, and the figures flatter.</source>
   <translation>{0} Objekte teilen über ein Fünftel ihres Bodens mit einem anderen: solche finden einander durch dieselben Pixel, und die Werte schmeicheln.</translation>
  </message>
  <message>
   <source>{0} features to learn from are too few: {1} are the least, and many more are better. Label more, or keep fewer apart, or use the encoder {2} as it is.</source>
   <translation>{0} Objekte, aus denen gelernt wird, sind zu wenige: {1} sind das Mindeste, und viel mehr sind besser. Benennen Sie mehr, oder halten Sie weniger zurück, oder benutzen Sie den Encoder {2}, wie er ist.</translation>
  </message>
  <message>
   <source>{0} features to learn from are too few: {1} are the least, and many more are better. Label more, or use the encoder {2} as it is.</source>
   <translation>{0} Objekte, aus denen gelernt wird, sind zu wenige: {1} sind das Mindeste, und viel mehr sind besser. Benennen Sie mehr, oder benutzen Sie den Encoder {2}, wie er ist.</translation>
  </message>
  <message>
   <source>{0} gave no chips: more than half of each window is nodata or outside the raster. Check its nodata value, or index it at a finer GSD.</source>
   <translation>{0} ergab keine Chips: mehr als die Hälfte jedes Fensters ist Nodata oder außerhalb des Rasters. Prüfen Sie seinen Nodata-Wert, oder indizieren Sie es mit feinerer GSD.</translation>
  </message>
  <message>
   <source>{0} has learnt from {1} before: where these are the same things, the figures flatter.</source>
   <translation>{0} hat schon aus {1} gelernt: wo das dieselben Dinge sind, schmeicheln die Werte.</translation>
  </message>
  <message>
   <source>{0} has no fitting scale</source>
   <translation>{0} hat keine passende Skala</translation>
  </message>
  <message>
   <source>{0} has no part to train on; add a folder train.</source>
   <translation>{0} hat keinen Teil zum Trainieren; fügen Sie einen Ordner train hinzu.</translation>
  </message>
  <message>
   <source>{0} holds folders with images ({1}) beside folders of such folders ({2}); name the one that is the dataset, or move the others out of it.</source>
   <translation>{0} enthält Ordner mit Bildern ({1}) neben Ordnern mit solchen Ordnern ({2}); nennen Sie den, der der Datensatz ist, oder nehmen Sie die anderen heraus.</translation>
  </message>
  <message>
   <source>{0} holds images but no class folders; put the images of each class into a folder of its own, {1}/CLASS/IMAGE.jpg.</source>
   <translation>{0} enthält Bilder, aber keine Klassenordner; legen Sie die Bilder jeder Klasse in einen eigenen Ordner, {1}/CLASS/IMAGE.jpg.</translation>
  </message>
  <message>
   <source>{0} holds negative variances</source>
   <translation>{0} enthält negative Varianzen</translation>
  </message>
  <message>
   <source>{0} holds no class folders with images, only folders without images of their own ({1}); name the one whose folders are the classes.</source>
   <translation>{0} enthält keine Klassenordner mit Bildern, nur Ordner ohne eigene Bilder ({1}); nennen Sie den, dessen Ordner die Klassen sind.</translation>
  </message>
  <message>
   <source>{0} holds no class folders with images; {1}/CLASS/IMAGE.jpg is expected.</source>
   <translation>{0} enthält keine Klassenordner mit Bildern; erwartet wird {1}/CLASS/IMAGE.jpg.</translation>
  </message>
  <message>
   <source>{0} holds values that are not finite</source>
   <translation>{0} enthält Werte, die nicht endlich sind</translation>
  </message>
  <message>
   <source>{0} images are too few for {1} dimensions; add images.</source>
   <translation>{0} Bilder sind zu wenige für {1} Dimensionen; fügen Sie Bilder hinzu.</translation>
  </message>
  <message>
   <source>{0} images are too few for {1} dimensions; {2} are the least. Add images, or take --dimension {3}.</source>
   <translation>{0} Bilder sind zu wenige für {1} Dimensionen; {2} sind das Mindeste. Fügen Sie Bilder hinzu, oder nehmen Sie --dimension {3}.</translation>
  </message>
  <message>
   <source>{0} images are too few for {1} dimensions; {2} are the least. Add images.</source>
   <translation>{0} Bilder sind zu wenige für {1} Dimensionen; {2} sind das Mindeste. Fügen Sie Bilder hinzu.</translation>
  </message>
  <message>
   <source>{0} images of {1} px are too few for local features of {2} values. Add images, or take a larger side or a smaller local_width (--set).</source>
   <translation>{0} Bilder von {1} px sind zu wenige für lokale Merkmale von {2} Werten. Fügen Sie Bilder hinzu, oder nehmen Sie eine größere Seite oder ein kleineres local_width (--set).</translation>
  </message>
  <message>
   <source>{0} is a GeoPackage but not a FRORS archive: choose one that FRORS made.</source>
   <translation>{0} ist ein GeoPackage, aber kein FRORS-Archiv: wählen Sie eines, das FRORS gemacht hat.</translation>
  </message>
  <message>
   <source>{0} is a copy that is not finished: give the command copy again first.</source>
   <translation>{0} ist eine Kopie, die nicht fertig ist: geben Sie erst noch einmal den Befehl copy.</translation>
  </message>
  <message>
   <source>{0} is a file, which has no shards: copy it into a database first.</source>
   <translation>{0} ist eine Datei, die keine Shards hat: kopieren Sie sie erst in eine Datenbank.</translation>
  </message>
  <message>
   <source>{0} is a file, whose rights are those of its folder: share that instead.</source>
   <translation>{0} ist eine Datei, deren Rechte die ihres Ordners sind: geben Sie den frei.</translation>
  </message>
  <message>
   <source>{0} is a file: look into its folder.</source>
   <translation>{0} ist eine Datei: sehen Sie in ihrem Ordner nach.</translation>
  </message>
  <message>
   <source>{0} is a folder that cannot be read as a raster; name the raster files in it.</source>
   <translation>{0} ist ein Ordner, der nicht als Raster gelesen werden kann; nennen Sie die Rasterdateien darin.</translation>
  </message>
  <message>
   <source>{0} is a folder that cannot be read as a raster; name the raster files in it. ({1})</source>
   <translation>{0} ist ein Ordner, der nicht als Raster gelesen werden kann; nennen Sie die Rasterdateien darin. ({1})</translation>
  </message>
  <message>
   <source>{0} is a schema but not a FRORS archive: choose one that FRORS made.</source>
   <translation>{0} ist ein Schema, aber kein FRORS-Archiv: wählen Sie eines, das FRORS gemacht hat.</translation>
  </message>
  <message>
   <source>{0} is a shard of {1} already.</source>
   <translation>{0} ist schon ein Shard von {1}.</translation>
  </message>
  <message>
   <source>{0} is another archive now: close it and open it again.</source>
   <translation>{0} ist jetzt ein anderes Archiv: schließen und öffnen Sie es noch einmal.</translation>
  </message>
  <message>
   <source>{0} is damaged ({1}): restore it from a copy or index again.</source>
   <translation>{0} ist beschädigt ({1}): stellen Sie es aus einer Kopie wieder her, oder indizieren Sie neu.</translation>
  </message>
  <message>
   <source>{0} is in the archive already: update its record instead.</source>
   <translation>{0} ist schon im Archiv: bringen Sie stattdessen seinen Eintrag auf den neuen Stand.</translation>
  </message>
  <message>
   <source>{0} is missing</source>
   <translation>{0} fehlt</translation>
  </message>
  <message>
   <source>{0} is no address of a cluster: give one such as tcp://10.0.0.1:8786.</source>
   <translation>{0} ist keine Adresse eines Clusters: geben Sie eine wie tcp://10.0.0.1:8786 an.</translation>
  </message>
  <message>
   <source>{0} is no date such as 2024-05-31.</source>
   <translation>{0} ist kein Datum wie 2024-05-31.</translation>
  </message>
  <message>
   <source>{0} is no extent: give west, south, east and north in degrees.</source>
   <translation>{0} ist kein Ausschnitt: geben Sie West, Süd, Ost und Nord in Grad an.</translation>
  </message>
  <message>
   <source>{0} is no folder; give one that holds class folders.</source>
   <translation>{0} ist kein Ordner; geben Sie einen an, der Klassenordner enthält.</translation>
  </message>
  <message>
   <source>{0} is no scale of 8-bit weights</source>
   <translation>{0} ist keine Skala von 8-Bit-Gewichten</translation>
  </message>
  <message>
   <source>{0} is no state</source>
   <translation>{0} ist kein Zustand</translation>
  </message>
  <message>
   <source>{0} is no state of a raster: use one of {1}.</source>
   <translation>{0} ist kein Zustand eines Rasters: nehmen Sie einen von {1}.</translation>
  </message>
  <message>
   <source>{0} is not a FRORS archive: choose a .gpkg that FRORS made.</source>
   <translation>{0} ist kein FRORS-Archiv: wählen Sie eine .gpkg, die FRORS gemacht hat.</translation>
  </message>
  <message>
   <source>{0} is not a GeoPackage: choose a .gpkg that FRORS made.</source>
   <translation>{0} ist kein GeoPackage: wählen Sie eine .gpkg, die FRORS gemacht hat.</translation>
  </message>
  <message>
   <source>{0} is not a file of this computer, so no pictures of it are shown.</source>
   <translation>{0} ist keine Datei dieses Rechners; darum werden keine Bilder daraus gezeigt.</translation>
  </message>
  <message>
   <source>{0} is not a finite number above 0</source>
   <translation>{0} ist keine endliche Zahl über 0</translation>
  </message>
  <message>
   <source>{0} is not a whole number from 1 to {1}</source>
   <translation>{0} ist keine ganze Zahl von 1 bis {1}</translation>
  </message>
  <message>
   <source>{0} is not of the form name=value.</source>
   <translation>{0} hat nicht die Form name=wert.</translation>
  </message>
  <message>
   <source>{0} is not part of it</source>
   <translation>{0} gehört nicht dazu</translation>
  </message>
  <message>
   <source>{0} is not positive</source>
   <translation>{0} ist nicht positiv</translation>
  </message>
  <message>
   <source>{0} is not text</source>
   <translation>{0} ist kein Text</translation>
  </message>
  <message>
   <source>{0} is not the same file on all computers, or has changed: index it again.</source>
   <translation>{0} ist nicht auf allen Rechnern dieselbe Datei, oder hat sich geändert: indizieren Sie es noch einmal.</translation>
  </message>
  <message>
   <source>{0} is read-only for this user: ask who made it for the rights of an indexer.</source>
   <translation>{0} darf dieser Benutzer nur lesen: bitten Sie, wer es gemacht hat, um die Rechte zum Indizieren.</translation>
  </message>
  <message>
   <source>{0} is stored as {1}, not as {2}</source>
   <translation>{0} ist als {1} gespeichert, nicht als {2}</translation>
  </message>
  <message>
   <source>{0} is there already and no copy that was begun: choose another name.</source>
   <translation>{0} gibt es schon und ist keine begonnene Kopie: wählen Sie einen anderen Namen.</translation>
  </message>
  <message>
   <source>{0} is there already: remove it, or choose another name.</source>
   <translation>{0} gibt es schon: Entfernen Sie die Datei, oder wählen Sie einen anderen Namen.</translation>
  </message>
  <message>
   <source>{0} matches cannot be searched: ask for at least one.</source>
   <translation>{0} Treffer können nicht gesucht werden: verlangen Sie mindestens einen.</translation>
  </message>
  <message>
   <source>{0} may not be read by this user: ask who made it for the rights of an analyst.</source>
   <translation>{0} darf dieser Benutzer nicht lesen: bitten Sie, wer es gemacht hat, um die Rechte zum Auswerten.</translation>
  </message>
  <message>
   <source>{0} must end in .parquet: give it such a name.</source>
   <translation>{0} muss auf .parquet enden: Geben Sie der Datei einen solchen Namen.</translation>
  </message>
  <message>
   <source>{0} of a recipe is one of {1}, not {2}.</source>
   <translation>{0} eines Rezepts ist eines von {1}, nicht {2}.</translation>
  </message>
  <message>
   <source>{0} of a recipe must be a list of names, not {1}.</source>
   <translation>{0} eines Rezepts muss eine Liste von Namen sein, nicht {1}.</translation>
  </message>
  <message>
   <source>{0} of a recipe must be at least {1}, not {2}.</source>
   <translation>{0} eines Rezepts muss mindestens {1} sein, nicht {2}.</translation>
  </message>
  <message>
   <source>{0} of a recipe must be between {1} and {2}, not {3}.</source>
   <translation>{0} eines Rezepts muss zwischen {1} und {2} liegen, nicht bei {3}.</translation>
  </message>
  <message>
   <source>{0} of a recipe must be {1}, not {2}.</source>
   <translation>{0} eines Rezepts muss {1} sein, nicht {2}.</translation>
  </message>
  <message>
   <source>{0} of the archive's {1} shards cannot be reached ({2}): the matches there are missing.</source>
   <translation>Nicht zu erreichen: {0} der {1} Shards des Archivs ({2}). Die Treffer dort fehlen.</translation>
  </message>
  <message>
   <source>{0} of the features kept apart share over a fifth of their ground with one that was learnt from, which flatters the figures.</source>
   <translation>{0} der zurückgehaltenen Objekte teilen über ein Fünftel ihres Bodens mit einem, aus dem gelernt wurde; das schmeichelt den Werten.</translation>
  </message>
  <message>
   <source>{0} refuses new files: choose another folder.</source>
   <translation>{0} nimmt keine neuen Dateien an: wählen Sie einen anderen Ordner.</translation>
  </message>
  <message>
   <source>{0} vectors cannot fit {1} dimensions</source>
   <translation>{0} Vektoren reichen nicht für {1} Dimensionen</translation>
  </message>
  <message>
   <source>{0} views of images are too few for {1} dimensions; {2} are the least. Add images, or take --dimension {3}.</source>
   <translation>{0} Ansichten von Bildern sind zu wenige für {1} Dimensionen; {2} sind das Mindeste. Fügen Sie Bilder hinzu, oder nehmen Sie --dimension {3}.</translation>
  </message>
  <message>
   <source>{0} views of images are too few for {1} dimensions; {2} are the least. Add images.</source>
   <translation>{0} Ansichten von Bildern sind zu wenige für {1} Dimensionen; {2} sind das Mindeste. Fügen Sie Bilder hinzu.</translation>
  </message>
  <message>
   <source>{0} was deleted while it was written; index again.</source>
   <translation>{0} wurde gelöscht, während es geschrieben wurde; indizieren Sie noch einmal.</translation>
  </message>
  <message>
   <source>{0} was imported: its embeddings were made elsewhere, by the model {1}, and no encoder here can make such of a box or a raster. Search by one of its chips instead.</source>
   <translation>{0} wurde importiert: Seine Embeddings wurden anderswo gemacht, vom Modell {1}, und kein Encoder hier kann solche von einem Rahmen oder einem Raster machen. Suchen Sie stattdessen mit einem seiner Chips.</translation>
  </message>
  <message>
   <source>{0} was made by a newer FRORS: update the plugin to open it.</source>
   <translation>{0} wurde von einem neueren FRORS gemacht: aktualisieren Sie die Erweiterung, um es zu öffnen.</translation>
  </message>
  <message>
   <source>{0} was made by another version of the encoder {1}, which is not installed here; installed: none. Searching by one of its chips still works. For boxes and more rasters make a new archive: {2}</source>
   <translation>{0} wurde von einer anderen Version des Encoders {1} gemacht, die hier nicht installiert ist; installiert: keiner. Mit einem seiner Chips kann weiterhin gesucht werden. Für Rahmen und weitere Raster machen Sie ein neues Archiv: {2}</translation>
  </message>
  <message>
   <source>{0} was made by another version of the encoder {1}, which is not installed here; installed: {2}. Searching by one of its chips still works. For boxes and more rasters make a new archive: {3}</source>
   <translation>{0} wurde von einer anderen Version des Encoders {1} gemacht, die hier nicht installiert ist; installiert: {2}. Mit einem seiner Chips kann weiterhin gesucht werden. Für Rahmen und weitere Raster machen Sie ein neues Archiv: {3}</translation>
  </message>
  <message>
   <source>{0} was made by the encoder {1} and takes no other: leave the encoder out, or name an archive that does not exist yet.</source>
   <translation>{0} wurde vom Encoder {1} gemacht und nimmt keinen anderen: lassen Sie den Encoder weg, oder nennen Sie ein Archiv, das es noch nicht gibt.</translation>
  </message>
  <message>
   <source>{0} was made by the encoder {1}, which is not installed here; installed: none. Searching by one of its chips still works. For boxes and more rasters make a new archive: {2}</source>
   <translation>{0} wurde vom Encoder {1} gemacht, der hier nicht installiert ist; installiert: keiner. Mit einem seiner Chips kann weiterhin gesucht werden. Für Rahmen und weitere Raster machen Sie ein neues Archiv: {2}</translation>
  </message>
  <message>
   <source>{0} was made by the encoder {1}, which is not installed here; installed: {2}. Searching by one of its chips still works. For boxes and more rasters make a new archive: {3}</source>
   <translation>{0} wurde vom Encoder {1} gemacht, der hier nicht installiert ist; installiert: {2}. Mit einem seiner Chips kann weiterhin gesucht werden. Für Rahmen und weitere Raster machen Sie ein neues Archiv: {3}</translation>
  </message>
  <message>
   <source>{0} was opened for reading: open it for writing.</source>
   <translation>{0} wurde zum Lesen geöffnet: öffnen Sie es zum Schreiben.</translation>
  </message>
  <message>
   <source>{0} was used wrongly (disk is full): please report this.</source>
   <translation>{0} wurde falsch benutzt (die Platte ist voll): bitte melden Sie das.</translation>
  </message>
  <message>
   <source>{0} was used wrongly (it is closed): please report this.</source>
   <translation>{0} wurde falsch benutzt (es ist geschlossen): bitte melden Sie das.</translation>
  </message>
  <message>
   <source>{0} was used wrongly ({1}): please report this.</source>
   <translation>{0} wurde falsch benutzt ({1}): bitte melden Sie das.</translation>
  </message>
  <message>
   <source>{0}, often for want of memory</source>
   <translation>{0}, oft aus Mangel an Speicher</translation>
  </message>
 </context>
</TS>
