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
   <source>Search by box</source>
   <translation>Mit Rahmen suchen</translation>
  </message>
  <message>
   <source>Draw box</source>
   <translation>Rahmen ziehen</translation>
  </message>
  <message>
   <source>Search by box: draw a box and find what looks like it. With Shift a box is a positive example for the query that is shown, with Ctrl a negative one; a click on a match offers its menu.</source>
   <translation>Mit Rahmen suchen: einen Rahmen ziehen und finden, was so aussieht. Mit Umschalt ist ein Rahmen ein positives Beispiel für die gezeigte Anfrage, mit Strg ein negatives; ein Klick auf einen Treffer bietet sein Menü.</translation>
  </message>
  <message>
   <source>FRORS panel</source>
   <translation>FRORS-Bedienfeld</translation>
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
   <source>FRORS archives (*{suffix})</source>
   <translation>FRORS-Archive (*{suffix})</translation>
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
   <source>Chips in the archive</source>
   <translation>Chips im Archiv</translation>
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

Days and months: when the rasters of matches were acquired; those of unknown dates are left out.

The output has one polygon per match, best first: rank, score (1 is the same image), chip (its number in the archive), raster and the date on which the raster was acquired, where it is known.</source>
   <translation>Findet irgendwo in einem Archiv, das mit "Raster indizieren" oder dem FRORS-Bedienfeld gemacht wurde, was einem Rahmen auf einem Raster am ähnlichsten sieht.

Raster: die Datei, auf der der Rahmen liegt; sie muss nicht im Archiv sein.

Rahmen: das Gesuchte mit wenig Umgebung.

Jede Größe: vergleicht den Rahmen auch mit Chips, die am Boden viel größer oder kleiner sind.

Nur in diesem Gebiet: wo Treffer liegen dürfen; überall, wenn es nicht angegeben ist.

Tage und Monate: wann die Raster der Treffer aufgenommen wurden; solche mit unbekanntem Datum bleiben weg.

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
   <source>Open an archive...</source>
   <translation>Ein Archiv öffnen...</translation>
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
   <source>Examples: {right} positive, {wrong} negative</source>
   <translation>Beispiele: {right} positive, {wrong} negative</translation>
  </message>
  <message>
   <source>Explain match {rank}</source>
   <translation>Treffer {rank} erklären</translation>
  </message>
  <message>
   <source>The layer of matches is not in the Layers panel; add it there to export it.</source>
   <translation>Der Layer der Treffer ist nicht im Layerbedienfeld; fügen Sie ihn dort hinzu, um ihn zu exportieren.</translation>
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
   <source>Filters</source>
   <translation>Filter</translation>
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
   <source>Index</source>
   <translation>Indizieren</translation>
  </message>
  <message>
   <source>Scale</source>
   <translation>Maßstab</translation>
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
   <source>Estimating...</source>
   <translation>Wird abgeschätzt...</translation>
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
   <source>About &lt;b&gt;{chips} chips&lt;/b&gt;, {time}, {disk} on disk</source>
   <translation>Etwa &lt;b&gt;{chips} Chips&lt;/b&gt;, {time}, {disk} auf der Platte</translation>
  </message>
  <message>
   <source>an overlap of {overlap} %</source>
   <translation>eine Überlappung von {overlap} %</translation>
  </message>
  <message>
   <source>{pixels}: {metres} on the ground in {raster}</source>
   <translation>{pixels}: {metres} am Boden in {raster}</translation>
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
   <source>It ended with an error: {subject}</source>
   <translation>Es endete mit einem Fehler: {subject}</translation>
  </message>
  <message>
   <source>The output says more. Trying again goes on where it stopped; if it comes back, report the log.</source>
   <translation>Die Ausgabe sagt mehr. Ein neuer Versuch geht dort weiter, wo es aufgehört hat; kommt es wieder, melden Sie das Protokoll.</translation>
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
   <source>Rank {rank}, score {score:.4f}</source>
   <translation>Rang {rank}, Ähnlichkeit {score:.4f}</translation>
  </message>
  <message>
   <source>Not among the matches any more</source>
   <translation>Nicht mehr unter den Treffern</translation>
  </message>
  <message>
   <source>Match {rank}, score {score:.3f}, {raster}</source>
   <translation>Treffer {rank}, Ähnlichkeit {score:.3f}, {raster}</translation>
  </message>
  <message>
   <source>Not among the matches any more, {raster}</source>
   <translation>Nicht mehr unter den Treffern, {raster}</translation>
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
   <source>{size:.4g} m on the ground</source>
   <translation>{size:.4g} m am Boden</translation>
  </message>
  <message>
   <source>Acquired {date}</source>
   <translation>Aufgenommen am {date}</translation>
  </message>
  <message>
   <source>Search again with this match</source>
   <translation>Mit diesem Treffer weitersuchen</translation>
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
   <source>Engine</source>
   <translation>Engine</translation>
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
   <source>Packages of the engine</source>
   <translation>Pakete der Engine</translation>
  </message>
  <message>
   <source>Installed</source>
   <translation>Installiert</translation>
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
   <source>Only find what lies within the extent that the map shows now</source>
   <translation>Nur finden, was in dem Ausschnitt liegt, den die Karte gerade zeigt</translation>
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
   <source>Pixel</source>
   <translation>Pixel</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>Anmerkung</translation>
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
   <source>The layer of matches in any vector format that QGIS writes</source>
   <translation>Der Layer der Treffer in jedem Vektorformat, das QGIS schreibt</translation>
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
   <source>Nothing found</source>
   <translation>Nichts gefunden</translation>
  </message>
  <message>
   <source>Its own chips can still be searched with, such as the one under the box.</source>
   <translation>Mit seinen eigenen Chips kann weiterhin gesucht werden, etwa mit dem unter dem Rahmen.</translation>
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
   <source>Saved queries: keep this query with its examples, or search with one that was kept</source>
   <translation>Gespeicherte Anfragen: diese Anfrage mit ihren Beispielen behalten, oder mit einer behaltenen suchen</translation>
  </message>
  <message>
   <source>Saved queries</source>
   <translation>Gespeicherte Anfragen</translation>
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
   <source>Choose an archive in the FRORS panel first, or index this project's rasters.</source>
   <translation>Wählen Sie zuerst ein Archiv im FRORS-Bedienfeld, oder indizieren Sie die Raster dieses Projekts.</translation>
  </message>
  <message>
   <source>Drag a box round what you look for: press, pull and let go.</source>
   <translation>Ziehen Sie einen Rahmen um das Gesuchte: drücken, ziehen und loslassen.</translation>
  </message>
  <message>
   <source>Match {rank} of {raster}</source>
   <translation>Treffer {rank} aus {raster}</translation>
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
   <source>Dim what is less like the query</source>
   <translation>Abdunkeln, was der Anfrage weniger ähnlich ist</translation>
  </message>
  <message>
   <source>Show on the map</source>
   <translation>Auf der Karte zeigen</translation>
  </message>
  <message>
   <source>All of it is like the query: score {score:.3f}.</source>
   <translation>Er ist als Ganzes wie die Anfrage: Ähnlichkeit {score:.3f}.</translation>
  </message>
  <message>
   <source>The part in the box, {size} wide, is most like the query: score {part:.3f}, the whole {whole:.3f}.</source>
   <translation>Der umrahmte Teil, {size} breit, ist der Anfrage am ähnlichsten: {part:.3f}, das Ganze {whole:.3f}.</translation>
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
   <source>{matches}, scores {best:.3f} to {worst:.3f}</source>
   <translation>{matches}, Ähnlichkeit {best:.3f} bis {worst:.3f}</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min</source>
   <translation>{hours} h {minutes} min</translation>
  </message>
  <message>
   <source>{length:.3g} m</source>
   <translation>{length:.3g} m</translation>
  </message>
  <message>
   <source>{width:.3g} x {height:.3g} m</source>
   <translation>{width:.3g} x {height:.3g} m</translation>
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
   <source>{seconds} s</source>
   <translation>{seconds} s</translation>
  </message>
  <message>
   <source>{minutes} min</source>
   <translation>{minutes} min</translation>
  </message>
  <message>
   <source>{length:.3g} km</source>
   <translation>{length:.3g} km</translation>
  </message>
  <message>
   <source>{width:.3g} x {height:.3g} km</source>
   <translation>{width:.3g} x {height:.3g} km</translation>
  </message>
 </context>
</TS>
