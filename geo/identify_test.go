package geo

import (
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// The texts in testdata were written by gdalsrsinfo (GDAL 3.6.2, PROJ 9.1.1):
// esri.txt as Esri WKT 1 for every system on a Chinese datum in PROJ's database
// and for those of SIRGAS 2000, ogc.txt as OGC WKT 1 and WKT 2 (2015, 2018) for
// some of each.
func readSystems(t testing.TB, path string) map[int][]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int][]string{}
	for line := range strings.Lines(string(b)) {
		code, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		n, err := strconv.Atoi(code)
		if !ok || err != nil {
			t.Fatalf("%s: line %q", path, line)
		}
		out[n] = append(out[n], text)
	}
	return out
}

func TestIdentifyWhatGDALWrites(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"testdata/esri.txt", "testdata/ogc.txt"} {
		for code, texts := range readSystems(t, path) {
			want := mustEPSG(t, code)
			for _, text := range texts {
				got, notes, err := IdentifyWKT(text)
				if err != nil {
					t.Errorf("EPSG:%d: %v", code, err)
					continue
				}
				// A 3D system is taken for its horizontal axes, so only its 2D sister
				// is named.
				if !got.sameCoordinates(want) || (!strings.Contains(want.Name, "3D") && want.Datum != DatumITRF && got != want) {
					t.Errorf("EPSG:%d:\n got %+v\nwant %+v", code, got, want)
				}
				if len(notes) != 0 {
					t.Errorf("EPSG:%d: unexpected notes %v\n%s", code, notes, text)
				}
			}
		}
	}
}

const (
	wktCGCS   = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	wktWGS    = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	wktXian   = `GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	wktNoName = `GEOGCS["Unknown",DATUM["D_Unknown",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
)

// prj writes an Esri Gauss–Krüger definition.
func prj(name, geogcs, falseEasting, meridian string) string {
	return `PROJCS["` + name + `",` + geogcs + `,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",` + falseEasting +
		`],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",` + meridian +
		`],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
}

func noteCodes(notes []Note) string {
	var codes []string
	for _, n := range notes {
		codes = append(codes, n.Code)
	}
	return strings.Join(codes, " ")
}

func TestIdentifyWKTRemarks(t *testing.T) {
	t.Parallel()
	zone37 := prj("CGCS2000_3_Degree_GK_Zone_37", wktCGCS, "37500000.0", "111.0")
	for _, tt := range []struct {
		name  string
		wkt   string
		epsg  int
		datum Datum
		notes string
	}{
		{"byte order mark, line feeds, NUL", "\ufeff" + strings.ReplaceAll(zone37, ",", ",\r\n  ") + "\r\n\x00", 4525, DatumCGCS2000, ""},
		{"round brackets, lower case", strings.NewReplacer("[", "(", "]", ")", "PROJCS", "projcs").Replace(zone37), 4525, DatumCGCS2000, ""},
		{"renamed in Chinese", prj("国家2000_37带", wktCGCS, "37500000", "111"), 4525, DatumCGCS2000, ""},
		{"renamed in GBK bytes", prj("\xb9\xfa\xbc\xd22000_37", wktCGCS, "37500000", "111"), 4525, DatumCGCS2000, ""},
		{"meridian with printing noise", prj("x", wktCGCS, "37500000.00000001", "111.0000000001"), 4525, DatumCGCS2000, ""},
		{"name says zone 38", prj("CGCS2000_3_Degree_GK_Zone_38", wktCGCS, "37500000", "111"), 4525, DatumCGCS2000, NoteNameDisagrees},
		{"name says 38 带", prj("国家2000_38带", wktCGCS, "37500000", "111"), 4525, DatumCGCS2000, NoteNameDisagrees},
		{"name says CM 114", prj("CGCS2000_3_Degree_GK_CM_114E", wktCGCS, "500000", "111"), 4546, DatumCGCS2000, NoteNameDisagrees},
		{"name says 3°, prefix is of 6°", prj("CGCS2000_3_Degree_GK_Zone_19", wktCGCS, "19500000", "111"), 4497, DatumCGCS2000, NoteNameDisagrees},
		{"CGCS2000 name on the WGS 84 ellipsoid", prj("CGCS2000_3_Degree_GK_Zone_37", wktWGS, "37500000", "111"), 0, DatumWGS84, NoteNameDisagrees},
		{"CGCS2000 name on Xian 1980", prj("CGCS2000_3_Degree_GK_Zone_37", wktXian, "37500000", "111"), 2361, DatumXian1980, NoteNameDisagrees},
		{"Xian name on CGCS2000", prj("Xian_1980_3_Degree_GK_Zone_37", wktCGCS, "37500000", "111"), 4525, DatumCGCS2000, NoteNameDisagrees},
		{"unknown datum, GRS 80", prj("x", wktNoName, "37500000", "111"), 4525, DatumCGCS2000, NoteDatumByEllipsoid},
		{"unknown datum, the outer name tells", prj("CGCS2000_3_Degree_GK_Zone_37", wktNoName, "37500000", "111"), 4525, DatumCGCS2000, ""},
		{"datum known by its ellipsoid only", prj("UTM", strings.Replace(wktWGS, "D_WGS_1984", "D_Unknown_based_on_WGS84_ellipsoid", 1), "500000", "108"), 0, DatumWGS84, NoteDatumByEllipsoid},
		{"prefix 37, meridian 114", prj("CGCS2000_3_Degree_GK_Zone_37", wktCGCS, "37500000", "114"), 0, DatumCGCS2000, NoteZoneDisagrees},
		{"meridian of both widths, silent name", prj("mine", wktCGCS, "500000", "111"), 4546, DatumCGCS2000, NoteZoneWidthAmbiguous},
		{"meridian of both widths, Esri 6° name", prj("CGCS2000_GK_CM_111E", wktCGCS, "500000", "111"), 4508, DatumCGCS2000, ""},
		{"meridian of 3° only, silent name", prj("mine", wktCGCS, "500000", "108"), 4545, DatumCGCS2000, ""},
		{"local meridian", prj("local", wktCGCS, "500000", "110.75"), 0, DatumCGCS2000, NoteLocalMeridian},
		{"local false easting", prj("local", wktCGCS, "50000", "111"), 0, DatumCGCS2000, NoteLocalMeridian},
		{"code of another zone", strings.TrimSuffix(zone37, "]") + `,AUTHORITY["EPSG","4526"]]`, 4525, DatumCGCS2000, NoteCodeDisagrees},
		{"code of the same parameters", strings.TrimSuffix(prj("x", wktCGCS, "500000", "111"), "]") + `,AUTHORITY["EPSG",4508]]`, 4546, DatumCGCS2000, NoteZoneWidthAmbiguous},
		{"shift parameters", prj("Xian_1980_3_Degree_GK_Zone_37", strings.Replace(wktXian, "298.257]", "298.257],TOWGS84[15.8,-154.4,-82.3,0,0,0,0]", 1), "37500000", "111"), 2361, DatumXian1980, NoteShiftIgnored},
		{"with a vertical system", `COMPD_CS["x",` + zone37 + `,VERT_CS["Yellow Sea 1985",VERT_DATUM["x",2005],UNIT["metre",1]]]`, 4525, DatumCGCS2000, NoteVerticalIgnored},
		{"WGS 84", wktWGS, 4326, DatumWGS84, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, notes, err := IdentifyWKT(tt.wkt)
			if err != nil {
				t.Fatal(err)
			}
			if c.EPSG != tt.epsg || c.Datum != tt.datum || noteCodes(notes) != tt.notes {
				t.Errorf("got EPSG:%d %s with %v", c.EPSG, c.Datum, notes)
			}
		})
	}
}

func TestIdentifyWKTNamesBothReadings(t *testing.T) {
	t.Parallel()
	_, notes, err := IdentifyWKT(prj("x", wktCGCS, "37500000", "114"))
	if err != nil || len(notes) != 1 {
		t.Fatal(notes, err)
	}
	a := notes[0].Args
	if a["by_prefix"] != "CGCS2000 / 3-degree Gauss-Kruger zone 37" || a["by_meridian"] != "CGCS2000 / 3-degree Gauss-Kruger zone 38" {
		t.Errorf("readings %v", a)
	}
}

func TestIdentifyWKTRefuses(t *testing.T) {
	t.Parallel()
	zone37 := prj("CGCS2000_3_Degree_GK_Zone_37", wktCGCS, "37500000.0", "111.0")
	for _, tt := range []struct{ name, wkt, reason string }{
		{"empty", "", "no KEYWORD["},
		{"a proj string", "+proj=tmerc +lon_0=111", "no KEYWORD["},
		{"cut short", zone37[:len(zone37)/2], "no"},
		{"two texts", zone37 + zone37, "more text follows"},
		{"open quote", `PROJCS["x`, "not closed"},
		{"too deep", strings.Repeat("A[", 100), "nested"},
		{"too long", strings.Repeat(" ", 1<<17), "longer than"},
		{"local system", `LOCAL_CS["x",UNIT["metre",1]]`, "neither geographic nor projected"},
		{"web Mercator", strings.Replace(zone37, "Gauss_Kruger", "Mercator_Auxiliary_Sphere", 1), "not Gauss-Krüger"},
		{"Lambert", strings.Replace(zone37, "Gauss_Kruger", "Lambert_Conformal_Conic", 1), "not Gauss-Krüger"},
		{"feet", strings.Replace(zone37, `UNIT["Meter",1.0]`, `UNIT["Foot_US",0.3048006096]`, 1), "only metres"},
		{"gon", strings.Replace(wktCGCS, `UNIT["Degree",0.0174532925199433]`, `UNIT["Grad",0.01570796326794897]`, 1), "only degrees"},
		{"Paris", strings.Replace(wktCGCS, `PRIMEM["Greenwich",0.0]`, `PRIMEM["Paris",2.337229]`, 1), "Greenwich"},
		{"another ellipsoid", strings.Replace(zone37, "6378137.0,298.257222101", "6377397.155,299.1528128", 1), "none of"},
		{"no ellipsoid", strings.Replace(zone37, ",298.257222101", "", 1), "two parameters"},
		{"ETRS89", strings.Replace(wktCGCS, "D_China_2000", "D_ETRS_1989", 1), "brought to CGCS2000"},
		{"Pulkovo 1942", `GEOGCS["GCS_Pulkovo_1942",DATUM["D_Pulkovo_1942",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`, "Pulkovo"},
		{"no meridian", strings.Replace(zone37, `PARAMETER["Central_Meridian",111.0],`, "", 1), "no central meridian"},
		{"meridian without value", strings.Replace(zone37, `["Central_Meridian",111.0]`, `["Central_Meridian"]`, 1), "no value"},
		{"unknown parameter", strings.Replace(zone37, "Scale_Factor", "Azimuth", 1), "unknown projection parameter"},
		{"scale of a thousand", strings.Replace(zone37, `"Scale_Factor",1.0`, `"Scale_Factor",1000`, 1), "scale factor"},
		{"counts westwards", strings.TrimSuffix(zone37, "]") + `,AXIS["Westing",WEST]]`, "west"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _, err := IdentifyWKT(tt.wkt)
			var refused *WKTError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.reason) || c != (CRS{}) {
				t.Errorf("got %v, %v; want a WKTError about %q", c, err, tt.reason)
			}
		})
	}
}

func TestFromEPSGUnknown(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, -1, 3857, 4512 + 1000, 4657, 4801, 4813, 4479, 2391, 21424, 32661, 900913, EqualAreaSRID} {
		c, err := FromEPSG(code)
		var unknown *UnknownCRSError
		if !errors.As(err, &unknown) || unknown.EPSG != code || c != (CRS{}) {
			t.Errorf("EPSG:%d: %v, %v", code, c, err)
		}
	}
}

// EPSG:21479 "Beijing 1954 / Gauss-Kruger 19N" was replaced by EPSG:21459,
// "Beijing 1954 / Gauss-Kruger CM 111E", of the same parameters.
func TestFromEPSGDeprecated(t *testing.T) {
	t.Parallel()
	if got, want := mustEPSG(t, 21479), mustEPSG(t, 21459); got != want || got.EPSG != 21459 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func FuzzIdentifyWKT(f *testing.F) {
	for _, path := range []string{"testdata/esri.txt", "testdata/ogc.txt"} {
		for code, texts := range readSystems(f, path) {
			if code%10 == 5 {
				f.Add(texts[0])
			}
		}
	}
	f.Add(prj("x", wktNoName, "37500000", "114"))
	f.Add(`BOUNDCRS[SOURCECRS[` + wktCGCS + `],TARGETCRS[` + wktWGS + `]]`)
	f.Fuzz(func(t *testing.T, wkt string) {
		c, notes, err := IdentifyWKT(wkt)
		if err != nil {
			if c != (CRS{}) || len(notes) != 0 {
				t.Errorf("refused with %v, %v", c, notes)
			}
			return
		}
		if c.Name == "" || c.Datum == "" || c.Ellipsoid.SemiMajorM == 0 {
			t.Errorf("identified as %+v", c)
		}
		if c.EPSG != 0 {
			if known, err := FromEPSG(c.EPSG); err != nil || known != c {
				t.Errorf("EPSG:%d is %+v, identified %+v", c.EPSG, known, c)
			}
		}
		e, n := c.Forward(c.CentralMeridianDeg+1, 40)
		if lon, lat := c.Inverse(e, n); math.Abs(lon-c.CentralMeridianDeg-1) > 1e-7 || math.Abs(lat-40) > 1e-7 {
			t.Errorf("%+v: 40°N one degree off the meridian came back as %v, %v", c, lon, lat)
		}
	})
}
