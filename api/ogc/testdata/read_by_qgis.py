"""Opens the service as QGIS does, and prints what it found as JSON.

Arguments: address of /ogc, licence number, rule, reference system of the plane.
"""
import json
import sys

from qgis.core import (Qgis, QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsFeatureRequest, QgsMapRendererParallelJob,
                       QgsMapSettings, QgsProject, QgsRectangle, QgsVectorLayer, QgsVectorTileLayer)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

base, licence_no, rule, plane = sys.argv[1:]
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
found = {"version": Qgis.QGIS_VERSION}


def collection(name, subset="", more=""):
    layer = QgsVectorLayer(f"url='{base}' typename='{name}' pagingEnabled='true' {more}", name, "OAPIF")
    if not layer.isValid():
        sys.exit(f"{name}: {layer.dataProvider().error().message() if layer.dataProvider() else 'no provider'}")
    if subset and not layer.setSubsetString(subset):
        sys.exit(f"{name}: {subset} is not taken")
    return layer


# Everything, page by page.
layer = collection("finding")
found["crs"] = layer.crs().authid()
found["findings"] = sum(1 for _ in layer.getFeatures())

# One feature, chosen by a filter, and its area in the plane of a zone.
layer = collection("finding", f"\"licence_no\" = '{licence_no}' AND \"rule\" = '{rule}'")
chosen = list(layer.getFeatures())
zone = QgsCoordinateReferenceSystem(plane)
if not zone.isValid():
    sys.exit(f"{plane}: not known")
to_plane = QgsCoordinateTransform(layer.crs(), zone, QgsProject.instance())
found["chosen"] = len(chosen)
found["planar_area_m2"] = 0
for feature in chosen:
    shape = feature.geometry()
    shape.transform(to_plane)
    found["planar_area_m2"] += shape.area()

# What lies in a box, which the service is asked for alone.
layer = collection("water_source", more="restrictToRequestBBOX='1'")
box = QgsFeatureRequest().setFilterRect(QgsRectangle(110.2, 40.3, 110.3, 40.4))
found["in_box"] = sum(1 for _ in layer.getFeatures(box))

# Images of a day.
layer = collection("disturbance", "\"imaged_on\" = '2022-05-10'")
found["of_day"] = sum(1 for _ in layer.getFeatures())

# Tiles, drawn: pixels that are not the background.
tiles = QgsVectorTileLayer(f"type=xyz&url={base}/collections/forest/tiles/WebMercatorQuad/%7Bz%7D/%7By%7D/%7Bx%7D&zmin=10&zmax=14", "forest")
settings = QgsMapSettings()
settings.setLayers([tiles])
settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
settings.setBackgroundColor(QColor(255, 255, 255))
settings.setOutputSize(QSize(256, 256))
west, south, east, north = -20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244
size = (east - west) / 2**10
settings.setExtent(QgsRectangle(west + 825 * size, north - 387 * size, west + 826 * size, north - 386 * size))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
found["drawn_pixels"] = sum(1 for x in range(256) for y in range(256) if image.pixelColor(x, y) != QColor(255, 255, 255))

print(json.dumps(found))
