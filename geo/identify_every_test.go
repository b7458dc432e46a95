package geo

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

// What desktop programs, mail and people do to a .prj, done to every system
// GDAL writes: none of it may move a place without a word.
func TestIdentifyEverySystemMistreated(t *testing.T) {
	t.Parallel()
	for code, texts := range readSystems(t, "testdata/esri.txt") {
		want := mustEPSG(t, code)
		for _, text := range texts {
			for name, mistreated := range map[string]string{
				"byte order mark, lines, NUL": "\ufeff" + strings.ReplaceAll(text, ",", ",\r\n\t") + "\r\n\x00\x00",
				"round brackets":              strings.NewReplacer("[", "(", "]", ")").Replace(text),
				"lower case":                  strings.ToLower(text),
			} {
				got, notes, err := IdentifyWKT(mistreated)
				if err != nil || !got.sameCoordinates(want) || len(notes) != 0 {
					t.Errorf("EPSG:%d, %s: %+v, %v, %v", code, name, got, notes, err)
				}
			}
			renamed := renameOuter(text, "国家坐标系")
			got, notes, err := IdentifyWKT(renamed)
			if err != nil || !got.sameCoordinates(want) {
				t.Errorf("EPSG:%d, renamed: %+v, %v", code, got, err)
			}
			// A meridian that both schemes have reads both ways once the name is
			// gone; nothing else needs the name.
			ambiguous := want.Projected && !want.ZonePrefixed && want.ScaleFactor == 1 && int(want.CentralMeridianDeg)%6 == 3
			if said := noteCodes(notes); ambiguous != (said == NoteZoneWidthAmbiguous) || (!ambiguous && said != "") {
				t.Errorf("EPSG:%d, renamed: notes %v", code, notes)
			}
		}
	}
}

func renameOuter(text, name string) string {
	_, rest, _ := strings.Cut(text, `"`)
	_, rest, _ = strings.Cut(rest, `"`)
	return text[:strings.IndexByte(text, '"')+1] + name + `"` + rest
}

// A text cut off anywhere is refused: half a definition is none.
func TestIdentifyEverySystemCutShort(t *testing.T) {
	t.Parallel()
	for code, texts := range readSystems(t, "testdata/esri.txt") {
		for _, text := range texts {
			for at := code % 17; at < len(text); at += 17 {
				var refused *WKTError
				if c, _, err := IdentifyWKT(text[:at]); !errors.As(err, &refused) {
					t.Errorf("EPSG:%d cut after %d bytes: %+v, %v", code, at, c, err)
				}
			}
		}
	}
}

// One parameter altered is another system: never the old one, never another
// national one without a remark.
func TestIdentifyEverySystemAltered(t *testing.T) {
	t.Parallel()
	for code, texts := range readSystems(t, "testdata/esri.txt") {
		was := mustEPSG(t, code)
		if !was.Projected {
			continue
		}
		for name, alter := range map[string]struct {
			parameter string
			by        float64
		}{
			"meridian a degree on":       {"Central_Meridian", 1},
			"meridian three degrees on":  {"Central_Meridian", 3},
			"easting a kilometre on":     {"False_Easting", 1000},
			"easting of the next prefix": {"False_Easting", 1e6},
			"northing on":                {"False_Northing", 100},
			"scale reduced":              {"Scale_Factor", -0.0002},
		} {
			got, notes, err := IdentifyWKT(altered(t, texts[0], alter.parameter, alter.by))
			if err != nil {
				t.Errorf("EPSG:%d, %s: %v", code, name, err)
				continue
			}
			if got.sameCoordinates(was) {
				t.Errorf("EPSG:%d, %s: not noticed", code, name)
			}
			if len(notes) == 0 {
				t.Errorf("EPSG:%d, %s: %s without a remark", code, name, got.Name)
			}
		}
	}
}

// altered adds to one parameter of an Esri text.
func altered(t *testing.T, text, parameter string, by float64) string {
	t.Helper()
	before, rest, ok := strings.Cut(text, `PARAMETER["`+parameter+`",`)
	number, after, closed := strings.Cut(rest, "]")
	v, err := strconv.ParseFloat(number, 64)
	if !ok || !closed || err != nil {
		t.Fatalf("no %s in %s", parameter, text)
	}
	return before + `PARAMETER["` + parameter + `",` + strconv.FormatFloat(v+by, 'f', -1, 64) + "]" + after
}
