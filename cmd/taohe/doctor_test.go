package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/doctor"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// The command ends with 1 when something fails, here the font, and says what to
// do; JSON has the same lines.
func TestDoctor(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	var out, errOut bytes.Buffer
	args := []string{"doctor", "--database-url", dsn, "--data-dir", t.TempDir(), "--font", "/none/font.otf"}
	if status := run(args, &out, &errOut); status != 1 {
		t.Fatalf("status %d: %s%s", status, &out, &errOut)
	}
	if text := out.String(); !strings.Contains(text, "故障  font ") || !strings.Contains(text, "fonts-noto-cjk") || !strings.Contains(text, "正常  indexes ") {
		t.Errorf("said %s", text)
	}
	out.Reset()
	if status := run(append(args, "--json"), &out, &errOut); status != 1 {
		t.Fatalf("status %d: %s%s", status, &out, &errOut)
	}
	var report struct{ Lines []doctor.Line }
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, l := range report.Lines {
		found[l.Code] = l.Level
	}
	if found["font"] != doctor.Fail || found["indexes"] != doctor.OK || found["chain"] != doctor.OK {
		t.Errorf("lines %+v", report.Lines)
	}
}
