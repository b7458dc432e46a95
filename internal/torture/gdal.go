package torture

// What GDAL does otherwise in more than one case.
const (
	gdalRaw       = "GDAL does not know that name and hands over the bytes as they are, which are no UTF-8."
	gdalKeeps     = "GDAL keeps the ring, which encloses nothing."
	gdalOpen      = "GDAL hands the ring over as open as it is."
	gdalRoot      = "GDAL lists the uppermost folder of a zip only."
	gdalBreaks    = "GDAL hands over nothing of a document that breaks off; here the rows before come, with the place of the fault."
	gdalCurve     = "GDAL hands over the curved type; here nobody decides for the user how a curve becomes lines."
	gdalNoIndex   = "GDAL opens no shapefile without a sound .shx unless it is told to rebuild it; the index adds nothing to a sound .shp."
	gdalCut       = "GDAL goes by the index, hands over the row without a shape and ends well; here the layer is refused, its sound rows shown."
	gdalNoTable   = "GDAL reads the shapes and drops the broken table; without attributes nothing can be told of a shape."
	gdalNumber    = "GDAL hands over a coordinate that is no number."
	gdalView      = "GDAL runs the view; here nothing that a file defines is run, and the view is named."
	gdalGBK       = "GDAL's XML parser knows no GBK and reads nothing."
	gdalMembers   = "GDAL hands over the collection; here its polygons are taken out, and what is dropped is counted."
	gdalSkips     = "GDAL drops the tuple it cannot read and makes another shape of the rest."
	gdalOffset    = "GDAL takes the coordinates for WGS 84; nobody can tell by how much they are offset."
	gdalDirection = "GDAL goes by direction: every ring that runs clockwise is a shell, the others are holes; containment is what the ground shows."
	gdalKMZ       = "GDAL does not take it for KMZ and reads nothing."
	gdalKey       = "GDAL numbers the rows itself; the number is a column of the converted file only."
)
