package geo

// A Note is a remark on how a reference system was identified or on how
// coordinates fit one: a stable code and the values its text needs. Whoever
// reads the file turns it into a diagnostic; geo decides nothing by it.
type Note struct {
	Code string
	Args map[string]string
}

// Remarks of IdentifyWKT. Args in brackets.
const (
	// NoteNameDisagrees: the name says one thing and the parameters another;
	// the parameters were followed. [name, by_name, by_parameters]
	NoteNameDisagrees = "crs.name_disagrees"
	// NoteZoneDisagrees: the zone number in the false easting is not that of
	// the central meridian; both readings are given and neither chosen: the
	// system follows the parameters as written and has no EPSG code.
	// [false_easting, central_meridian, by_prefix, by_meridian]
	NoteZoneDisagrees = "crs.zone_disagrees"
	// NoteZoneWidthAmbiguous: the meridian is that of a 3° and of a 6° zone and
	// the name does not say which. Coordinates are the same; the 3° one was
	// taken. [central_meridian, reading_3, reading_6]
	NoteZoneWidthAmbiguous = "crs.zone_width_ambiguous"
	// NoteLocalMeridian: a central meridian, origin, false easting or scale of
	// no national zone. Coordinates can be used; the system has no EPSG code.
	// [central_meridian, false_easting, false_northing, scale]
	NoteLocalMeridian = "crs.local_meridian"
	// NoteDatumByEllipsoid: the datum has no name that is known and was
	// concluded from the ellipsoid. [name, datum]
	NoteDatumByEllipsoid = "crs.datum_by_ellipsoid"
	// NoteCodeDisagrees: the EPSG code in the text belongs to other parameters;
	// the parameters were followed. [epsg, by_code, by_parameters]
	NoteCodeDisagrees = "crs.code_disagrees"
	// NoteShiftIgnored: the text carries datum shift parameters of unknown
	// source (TOWGS84, a bound system); they were not used. [parameters]
	NoteShiftIgnored = "crs.shift_ignored"
	// NoteVerticalIgnored: the heights' system of a compound system was not
	// looked at. [name]
	NoteVerticalIgnored = "crs.vertical_ignored"
)
