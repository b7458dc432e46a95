// Package torture is the set of made files on which the readers are tried: every
// format, every fault and oddity that files from mines, institutes and bureaus
// were seen to have, and some that nobody but an attacker would make. Each case
// says what is odd about it and how it must be read, written by hand; where GDAL
// reads it otherwise, the case says how and why. The package makes files and
// reads none.
package torture

import "slices"

// GDALVersion is the version of GDAL that the cases speak of.
const GDALVersion = "3.6"

// A File is one file of a case. Its name may hold folders.
type File struct {
	Name    string
	Content []byte
}

// A Case is one upload and how it must be read.
type Case struct {
	// Name is unique, of letters, digits, hyphens and slashes: format, subject.
	Name string
	// Odd says what is odd about it.
	Odd string
	// Make makes the files of the upload, the same bytes each time. The first
	// is the one that is opened, unless Open names a folder.
	Make func() ([]File, error)
	Open string
	// Through says that it is read through GDAL, and only where that is.
	Through bool
	// Want is how it must be read.
	Want Reading
	// GDAL says how GDALVersion reads it otherwise, and why that is not
	// followed; empty where it reads the same.
	GDAL string
}

// A Reading is what is read of an upload.
type Reading struct {
	// Refused is the code of the diagnostic by which the whole upload is
	// refused, empty where it is read.
	Refused string
	Layers  []Layer
}

// A Layer is what is read of one layer.
type Layer struct {
	Name string
	// Fields are the columns, each with its kind: "面积 decimal".
	Fields []string
	// Encoding and Reference are what was found and how: "GB18030 (cpg)",
	// "EPSG:4525 (jzd)"; of a well-known text the first name stands for it.
	Encoding  string
	Reference string
	// Rows are those handed over, nil where Count alone is held against.
	Rows  []Row
	Count int
	// Codes are the diagnostics of the layer and its rows with their number.
	Codes map[string]int
}

// A Row is what is read of one row.
type Row struct {
	// Number is the row's number in the source, or its line; 0 where the case
	// does not speak of it.
	Number int
	// Shape is the geometry in words, see Polygon and others; "none" for none.
	Shape string
	// Values are those that are not null: "名称=张三|面积=0.1".
	Values string
}

// Cases returns the whole set, format by format.
func Cases() []Case {
	return slices.Concat(
		shapefileTexts(), shapefileValues(), shapefileParts(), shapefileRings(), shapefileTypes(), shapefileDamage(), shapefileLies(),
		geojsonGeometries(), geojsonDocuments(),
		geopackageGeometries(), geopackageFiles(),
		kmlGeometries(), kmlDocuments(),
		boundaryTexts(), boundaryReferences(), cornerTables(),
		throughGDAL(), others(),
	)
}
