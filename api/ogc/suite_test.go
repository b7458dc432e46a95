package ogc_test

import (
	"encoding/xml"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// suiteResults are what the suite of OGC writes at its end.
type suiteResults struct {
	Total  int `xml:"total,attr"`
	Passed int `xml:"passed,attr"`
	Failed int `xml:"failed,attr"`
	Suites []struct {
		Tests []struct {
			Classes []struct {
				Name    string `xml:"name,attr"`
				Methods []struct {
					Name    string `xml:"name,attr"`
					Status  string `xml:"status,attr"`
					Message string `xml:"exception>message"`
				} `xml:"test-method"`
			} `xml:"class"`
		} `xml:"test"`
	} `xml:"suite"`
}

// failures are the tests that did not pass and were not left out, each with what it
// says.
func (r suiteResults) failures() (all []string) {
	for _, s := range r.Suites {
		for _, t := range s.Tests {
			for _, c := range t.Classes {
				for _, m := range c.Methods {
					if m.Status == "FAIL" {
						all = append(all, c.Name+"."+m.Name+": "+strings.TrimSpace(m.Message))
					}
				}
			}
		}
	}
	return all
}

func readSuiteResults(text []byte) (r suiteResults, err error) {
	err = xml.Unmarshal(text, &r)
	return r, err
}

// OGC's own suite on the sample county. It ends with 0 whatever it finds, so what it
// writes is read.
func TestSuite(t *testing.T) {
	jar := os.Getenv("TAOHE_OGC_SUITE")
	if jar == "" {
		t.Skip("TAOHE_OGC_SUITE does not name the suite: make conformance")
	}
	s := start(t)
	folder := t.TempDir()
	properties := `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">
<properties version="1.0"><entry key="iut">` + s.base + `</entry><entry key="noofcollections">-1</entry></properties>
`
	if err := os.WriteFile(filepath.Join(folder, "run.xml"), []byte(properties), 0o600); err != nil {
		t.Fatal(err)
	}
	java := exec.CommandContext(t.Context(), "java", "-jar", jar, "-o", folder, filepath.Join(folder, "run.xml")) //nolint:gosec // who runs the tests names it
	if out, err := java.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var text []byte
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "testng-results.xml" {
			text, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || text == nil {
		t.Fatalf("no results in %s: %v", folder, err)
	}
	r, err := readSuiteResults(text)
	if err != nil || r.Passed == 0 {
		t.Fatalf("%+v: %v", r, err)
	}
	t.Logf("%d of %d passed", r.Passed, r.Total)
	for _, f := range r.failures() {
		t.Error(f)
	}
	if n := len(r.failures()); n < r.Failed {
		t.Errorf("%d failures are told, %d named", r.Failed, n)
	}
}

func TestSuiteResults(t *testing.T) {
	t.Parallel()
	r, err := readSuiteResults([]byte(`<testng-results skipped="1" failed="1" total="3" passed="1"><suite name="s"><test name="Core"><class name="a.Core">
<test-method status="PASS" name="landingPage"/>
<test-method status="SKIP" name="left out"><exception class="x"><message><![CDATA[not of this service]]></message></exception></test-method>
<test-method status="FAIL" name="limit"><exception class="java.lang.AssertionError"><message><![CDATA[ 11 features ]]></message></exception></test-method>
</class></test></suite></testng-results>`))
	if err != nil || r.Total != 3 || r.Passed != 1 || r.Failed != 1 || !slices.Equal(r.failures(), []string{"a.Core.limit: 11 features"}) {
		t.Errorf("%+v %v: %v", r, r.failures(), err)
	}
}
