package corner_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/corner"
	"github.com/taohe-gis/taohe/ingest/record"
)

func open(t *testing.T, content []byte, opts corner.Options) (*corner.Layer, error) {
	t.Helper()
	a := archive.Of(record.DefaultLimits(), archive.File{Name: "拐点.csv", Content: content})
	return corner.Open(a.Entries()[0], record.DefaultLimits(), opts)
}

// result is a layer in words: for each polygon its line, its WKT and its
// attributes.
func result(t *testing.T, l *corner.Layer) (polygons, codes []string) {
	t.Helper()
	see := func(ds []taohe.Diagnostic) {
		for _, d := range ds {
			codes = append(codes, d.Code)
			for _, text := range []string{d.Chinese(), d.English()} {
				if strings.Contains(text, "{") || text == d.Code {
					t.Errorf("%s has no text or an unfilled placeholder: %s", d.Code, text)
				}
			}
		}
	}
	see(l.Diagnostics())
	for rec, err := range l.Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		see(rec.Diagnostics)
		text := fmt.Sprint(rec.Row)
		for _, a := range rec.Attributes {
			text += " " + a.Name + "=" + a.Value.Text
		}
		if rec.Geometry != nil {
			s, err := wkt.Marshal(rec.Geometry, wkt.EncodeOptionWithMaxDecimalDigits(9))
			if err != nil {
				t.Fatal(err)
			}
			text += " " + strings.TrimPrefix(s, "MULTIPOLYGON ")
		}
		polygons = append(polygons, text)
	}
	return polygons, codes
}

const (
	square  = "(((37415000 4450000, 37415000 4451000, 37416000 4451000, 37416000 4450000, 37415000 4450000)))"
	degrees = "(((110.0075 40.18, 110.0075 40.2, 110.02 40.2, 110.0075 40.18)))"
)

func TestTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		text  string
		want  []string
		codes []string
	}{
		{
			"comma, head, closing row absent",
			"点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n4,4450000,37416000\n",
			[]string{"2 " + square},
			nil,
		},
		{
			"closing row present, full-width commas, CRLF, byte order mark",
			"\uFEFF拐点编号，Ｘ坐标（ｍ），Ｙ坐标（ｍ）\r\nJ1，4450000，37415000\r\nJ2，4451000，37415000\r\nJ3，4451000，37416000\r\nJ4，4450000，37416000\r\nJ1，4450000，37415000\r\n",
			[]string{"2 " + square},
			nil,
		},
		{
			"east before north, by words, tab",
			"序号\t横坐标X\t纵坐标Y\n1\t37415000\t4450000\n2\t37415000\t4451000\n3\t37416000\t4451000\n4\t37416000\t4450000\n",
			[]string{"2 " + square},
			nil,
		},
		{
			"semicolon, other columns",
			"编号;Y;X;标高;备注\n1;37415000;4450000;1200;a\n2;37415000;4451000;1200;\n3;37416000;4451000;1200;\n4;37416000;4450000;1200;\n",
			[]string{"2 " + square},
			[]string{"corner.column_ignored", "corner.column_ignored"},
		},
		{
			"pasted with blanks, a title, no head",
			"某煤矿拐点坐标\n1  4450000  37415000\n2  4451000  37415000\n3  4451000  37416000\n4  4450000  37416000\n",
			[]string{"2 " + square},
			[]string{"corner.line_ignored", "corner.axes_by_magnitude"},
		},
		{
			"no head, east first, no numbers",
			"37415000,4450000\n37415000,4451000\n37416000,4451000\n37416000,4450000\n",
			[]string{"1 " + square},
			[]string{"corner.axes_by_magnitude"},
		},
		{
			"no head, ring numbers",
			"1,1,4450000,37415000\n2,1,4451000,37415000\n3,1,4451000,37416000\n4,1,4450000,37416000\n1,1,4450000,37415000\n",
			[]string{"1 " + square},
			[]string{"corner.axes_by_magnitude"},
		},
		{
			"head and numbers disagree: the head holds",
			"点号,X,Y\n1,415000,4450000\n2,415000,4451000\n3,416000,4451000\n",
			[]string{"2 (((4450000 415000, 4451000 415000, 4451000 416000, 4450000 415000)))"},
			[]string{"corner.axes_doubtful"},
		},
		{
			"two groups side by side",
			"点号,X,Y,点号,X,Y\n1,4450000,37415000,3,4451000,37416000\n2,4451000,37415000,4,4450000,37416000\n",
			[]string{"2 " + square},
			[]string{"corner.side_by_side"},
		},
		{
			"hole by ring number",
			"点号,圈号,X,Y\n1,1,4450000,37415000\n2,1,4450100,37415000\n3,1,4450100,37415100\n4,1,4450000,37415100\n1,2,4450020,37415020\n2,2,4450080,37415020\n3,2,4450080,37415080\n",
			[]string{"2 (((37415000 4450000, 37415000 4450100, 37415100 4450100, 37415100 4450000, 37415000 4450000), (37415020 4450020, 37415020 4450080, 37415080 4450080, 37415020 4450020)))"},
			nil,
		},
		{
			"hole first, rings by blank line, numbers run on",
			"点号,X,Y\n1,4450020,37415020\n2,4450080,37415020\n3,4450080,37415080\n\n4,4450000,37415000\n5,4450100,37415000\n6,4450100,37415100\n7,4450000,37415100\n",
			[]string{"2 (((37415000 4450000, 37415000 4450100, 37415100 4450100, 37415100 4450000, 37415000 4450000), (37415020 4450020, 37415020 4450080, 37415080 4450080, 37415020 4450020)))"},
			[]string{"corner.ring_by_blank_line"},
		},
		{
			"two rings apart, by closing rows",
			"点号,X,Y\n1,4450000,37415000\n2,4450100,37415000\n3,4450100,37415100\n1,4450000,37415000\n4,4450000,37416000\n5,4450100,37416000\n6,4450100,37416100\n4,4450000,37416000\n",
			[]string{"2 (((37415000 4450000, 37415000 4450100, 37415100 4450100, 37415000 4450000)), ((37416000 4450000, 37416000 4450100, 37416100 4450100, 37416000 4450000)))"},
			nil,
		},
		{
			"the first number again at another place",
			"点号,X,Y\n1,4450000,37415000\n2,4450100,37415000\n3,4450100,37415100\n1,4450000,37416000\n2,4450100,37416000\n3,4450100,37416100\n",
			[]string{"2 (((37415000 4450000, 37415000 4450100, 37415100 4450100, 37415000 4450000)), ((37416000 4450000, 37416000 4450100, 37416100 4450100, 37416000 4450000)))"},
			[]string{"corner.ring_by_number"},
		},
		{
			"a blank line behind every row is spacing",
			"点号,X,Y\n\n1,4450000,37415000\n\n2,4451000,37415000\n\n3,4451000,37416000\n\n4,4450000,37416000\n",
			[]string{"3 " + square},
			[]string{"corner.blank_lines_ignored"},
		},
		{
			"parcels and rings by lines",
			"地块1\n点号,X,Y\n1,4450000,37415000\n2,4450100,37415000\n3,4450100,37415100\n第2圈\n1,4450000,37416000\n2,4450100,37416000\n3,4450100,37416100\n\n地块名称：东区\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n4,4450000,37416000\n",
			[]string{
				"3 地块=地块1 (((37415000 4450000, 37415000 4450100, 37415100 4450100, 37415000 4450000)), ((37416000 4450000, 37416000 4450100, 37416100 4450100, 37416000 4450000)))",
				"12 地块=东区 " + square,
			},
			nil,
		},
		{
			"parcels by column, merged cells",
			"地块名称,点号,X,Y\n西区,1,4450000,37415000\n,2,4450100,37415000\n,3,4450100,37415100\n东区,1,4450000,37416000\n,2,4450100,37416000\n,3,4450100,37416100\n",
			[]string{
				"2 地块=西区 (((37415000 4450000, 37415000 4450100, 37415100 4450100, 37415000 4450000)))",
				"5 地块=东区 (((37416000 4450000, 37416000 4450100, 37416100 4450100, 37416000 4450000)))",
			},
			nil,
		},
		{
			"registration string",
			"1,4,1,4450000,37415000,2,4451000,37415000,3,4451000,37416000,4,4450000,37416000,1200,900\n",
			[]string{"1 上标高=1200 下标高=900 " + square},
			nil,
		},
		{
			"registration string of two rings, elevations at the end",
			"2,3,1,4450000,37415000,2,4450100,37415000,3,4450100,37415100,3,1,4450000,37416000,2,4450100,37416000,3,4450100,37416100,1200,-50.5\n",
			[]string{"1 上标高=1200 下标高=-50.5 (((37415000 4450000, 37415000 4450100, 37415100 4450100, 37415000 4450000)), ((37416000 4450000, 37416000 4450100, 37416100 4450100, 37416000 4450000)))"},
			nil,
		},
		{
			"pairs in one line",
			"4450000,37415000;4451000,37415000;4451000,37416000;4450000,37416000;",
			[]string{"1 " + square},
			nil,
		},
		{
			"a jump in the numbers",
			"点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n4,4451000,37416000\n5,4450000,37416000\n",
			[]string{"2 " + square},
			[]string{"corner.number_jumps"},
		},
		{
			"decimal degrees, X and Y as programs have them",
			"id,x,y\n1,110.0075,40.18\n2,110.0075,40.2\n3,110.02,40.2\n",
			[]string{"2 " + degrees},
			[]string{"corner.axes_by_magnitude"},
		},
		// 110.0075° = 110°00′27″, 110.02° = 110°01′12″, 40.18° = 40°10′48″.
		{"primes", "点号,经度,纬度\n1,110°00′27.00″,40°10′48″\n2,110°00′27″,40°12′00″\n3,110°01′12″,40°12′\n", []string{"2 " + degrees}, nil},
		{"hyphens", "点号,经度,纬度\n1,110-00-27.0,40-10-48\n2,110-00-27,40-12-00\n3,110-01-12,40-12-0.0\n", []string{"2 " + degrees}, nil},
		{"colons", "点号,北纬,东经\n1,40:10:48,110:00:27\n2,40:12:00,110:00:27\n3,40:12:00,110:01:12\n", []string{"2 " + degrees}, nil},
		{"quotation marks and letters", "点号,X,Y\n1,110°0'27.0\"E,40°10'48\"N\n2,110°0'27\"E,40°12'0\"N\n3,110°1'12\"E,40°12'0\"N\n", []string{"2 " + degrees}, nil},
		{"a spreadsheet's quotation marks", "点号,L,B\n1,\"110°0'27.0\"\"\",\"40°10'48\"\"\"\n2,\"110°0'27\"\"\",\"40°12'0\"\"\"\n3,\"110°1'12\"\"\",\"40°12'0\"\"\"\n", []string{"2 " + degrees}, nil},
		{"characters", "点号,东经,北纬\n1,110度00分27秒,40度10分48秒\n2,110度0分27秒,40度12分0秒\n3,110度1分12秒,40度12分0秒\n", []string{"2 " + degrees}, nil},
		{"blanks inside angles", "1 110° 00′ 27″ 40° 10′ 48″\n2 110° 00′ 27″ 40° 12′ 00″\n3 110° 01′ 12″ 40° 12′ 00″\n", []string{"1 " + degrees}, []string{"corner.axes_by_magnitude"}},
		{"decimal minutes", "点号,经度,纬度\n1,110°0.45′,40°10.8′\n2,110°0.45′,40°12.0′\n3,110°1.2′,40°12.0′\n", []string{"2 " + degrees}, nil},
		{"dddmmss can be nothing else", "点号,经度,纬度\n1,1100027.0,401048\n2,1100027,401200\n3,1100112,401200\n", []string{"2 " + degrees}, []string{"corner.packed_by_form"}},
		{"ddd.mmss could be decimal, and is read so", "点号,经度,纬度\n1,110.0027,40.1048\n2,110.0027,40.12\n3,110.0112,40.12\n", []string{"2 (((110.0027 40.1048, 110.0027 40.12, 110.0112 40.12, 110.0027 40.1048)))"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := open(t, []byte(c.text), corner.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, codes := result(t, l)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if !slices.Equal(codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", codes, c.codes)
			}
			if !corner.Recognise([]byte(c.text)) {
				t.Error("not recognised")
			}
			if r := l.Reference(); r != (record.Reference{How: "corner-table"}) {
				t.Errorf("reference %+v: a table never says its datum", r)
			}
		})
	}
}

// A table in another encoding is the same table.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = "地块名称,点号,X坐标,Y坐标\n东区,1,4450000,37415000\n,2,4451000,37415000\n,3,4451000,37416000\n,4,4450000,37416000\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		content []byte
		user    string
		want    record.Encoding
	}{
		{"UTF-8", []byte(text), "", record.Encoding{Name: "UTF-8", How: "content"}},
		{"GBK", gbk, "", record.Encoding{Name: "GB18030", How: "content"}},
		{"GBK by the user's word", gbk, "GBK", record.Encoding{Name: "GBK", How: "user"}},
		{"UTF-16", utf16, "", record.Encoding{Name: "UTF-16", How: "content"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := open(t, c.content, corner.Options{Encoding: c.user})
			if err != nil {
				t.Fatal(err)
			}
			got, _ := result(t, l)
			if want := []string{"2 地块=东区 " + square}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if l.Encoding() != c.want {
				t.Errorf("encoding %+v, want %+v", l.Encoding(), c.want)
			}
			if !corner.Recognise(c.content) {
				t.Error("not recognised")
			}
		})
	}
}

// A polygon with a corner that cannot be read is refused whole, and the line is
// named; the other polygons are read.
func TestBadCorners(t *testing.T) {
	t.Parallel()
	const good = "地块2\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n4,4450000,37416000\n"
	for _, c := range []struct{ name, rows, want, line string }{
		{"no Y", "1,4450000,37415000\n2,4451000,\n3,4451000,37416000\n", "corner.unreadable", "4"},
		{"a word for X", "1,4450000,37415000\n2,缺,缺\n3,4451000,37416000\n", "corner.unreadable", "4"},
		{"seventy minutes", "1,40°10′00″,110°00′00″\n2,40°70′00″,110°00′00″\n3,40°10′00″,110°10′00″\n", "corner.unreadable", "4"},
		{"seconds without minutes", "1,40°10′00″,110°00′00″\n2,40°70″,110°00′00″\n3,40°10′00″,110°10′00″\n", "corner.unreadable", "4"},
		{"rounded by a spreadsheet", "1,4450000,3.7415E+07\n2,4451000,37415000\n3,4451000,37416000\n", "corner.rounded", "3"},
		{"metres among degrees", "1,40.18,110.01\n2,40.2,110.01\n3,4451000,37416000\n", "corner.mixed_units", "5"},
		{"two corners", "1,4450000,37415000\n2,4451000,37415000\n", "corner.ring_short", "3"},
		{"a closing row with another place", "1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n1,4450000,37415001\n", "corner.ring_short", "6"},
		{"a line", "1,4450000,37415000\n2,4450000,37415100\n3,4450000,37415200\n", "geometry.no_area", ""},
		{"letters that disagree", "1,40°10′00″N,110°00′00″E\n2,110°20′00″E,40°00′00″N\n3,40°10′00″N,110°10′00″E\n", "corner.axis_letters", "4"},
		{"twice the same letter", "1,40°10′00″N,110°00′00″N\n2,40°20′00″N,110°00′00″N\n3,40°10′00″N,110°10′00″N\n", "corner.axis_letters", "3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := open(t, []byte("点号,X,Y\n地块1\n"+c.rows+good), corner.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []record.Record
			for rec, err := range l.Records(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, rec)
			}
			if len(got) != 2 || got[0].Geometry != nil || got[1].Geometry == nil {
				t.Fatalf("got %+v, want the first without geometry and the second with", got)
			}
			i := slices.IndexFunc(got[0].Diagnostics, func(d taohe.Diagnostic) bool { return d.Code == c.want })
			if i < 0 {
				t.Fatalf("diagnostics %+v, want %s", got[0].Diagnostics, c.want)
			}
			d := got[0].Diagnostics[i]
			if d.Severity() != taohe.Refused || c.line != "" && d.Args["line"] != c.line {
				t.Errorf("%s at line %s, want refused at %s", d.Severity(), d.Args["line"], c.line)
			}
			if strings.Contains(d.Chinese(), "{") {
				t.Errorf("unfilled placeholder: %s", d.Chinese())
			}
		})
	}
}

// What is no table as a whole is refused, or refused by a line.
func TestRefusedTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, encoding, want string }{
		{"prose", "采矿许可证\n有效期 2022 年至 2030 年\n", "", "corner.no_corners"},
		{"numbers of no axis", "1,12,13\n2,14,15\n3,16,17\n", "", "corner.axes_unclear"},
		{"an encoding nobody knows", "点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n\n地块1\n", "klingon", "text.encoding_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := open(t, []byte(c.text), corner.Options{Encoding: c.encoding})
			var refused *record.RefusedError
			if !errors.As(err, &refused) || refused.Diagnostics[0].Code != c.want {
				t.Fatalf("error %v, want %s", err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, text, want string }{
		{"a lonely number", "17\n点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n", "corner.line_unclear"},
		{"counts that do not add up", "4450000,37415000;4451000,37415000;4451000,37416000\n1,5,1,4450000,37415000,2,4451000,37415000,3,4451000,37416000,4,4450000,37416000,1200,900\n", "corner.string_unclear"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := open(t, []byte(c.text), corner.Options{})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(l.Diagnostics(), func(d taohe.Diagnostic) bool { return d.Code == c.want })
			if i < 0 || l.Diagnostics()[i].Severity() != taohe.Refused {
				t.Errorf("diagnostics %+v, want %s, refused", l.Diagnostics(), c.want)
			}
		})
	}
}

// Other files are not taken for tables.
func TestRecognise(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":                  "",
		"prose":                  "本压缩包由某局提供。\n联系电话 0477-1234567\n2022-04-30\n",
		"a list of numbers":      "id,value\n1,12\n2,14\n3,16\n4,18\n",
		"a price list":           "1,煤,450\n2,砂,30\n3,石,25\n",
		"bytes":                  "\x00\x01\x024450000,37415000\n4451000,37415000\n4451000,37416000\n",
		"markup":                 "<kml>\n110.1,40.2\n110.2,40.2\n110.2,40.3\n</kml>",
		"a survey exchange file": "[属性描述]\n坐标系=2000国家大地坐标系\n[地块坐标]\n4,6.5,1,x,面,,,,@\n1,1,4450000,37415000\n2,1,4451000,37415000\n3,1,4451000,37416000\n",
		"two corners":            "点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n",
	} {
		if corner.Recognise([]byte(text)) {
			t.Errorf("%s: recognised", name)
		}
	}
	var long strings.Builder
	long.WriteString("1,5000")
	for i := range 5000 {
		fmt.Fprintf(&long, ",%d,%d,%d", i+1, 4450000+i*i%977, 37415000+i)
	}
	if !corner.Recognise([]byte(long.String())[:4096]) {
		t.Error("the beginning of a long string is not recognised")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	const text = "地块1\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n第2圈\n1,4450000,37417000\n2,4451000,37417000\n3,4451000,37418000\n地块2\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n"
	for _, c := range []struct {
		name  string
		limit func(*record.Limits)
		want  string
	}{
		{"bytes", func(l *record.Limits) { l.MaxBytes = 50 }, "file.limit"},
		{"corners", func(l *record.Limits) { l.MaxVertices = 5 }, "file.limit"},
		{"polygons", func(l *record.Limits) { l.MaxRows = 1 }, "file.limit"},
		{"rings", func(l *record.Limits) { l.MaxParts = 1 }, "geometry.limit"},
	} {
		lim := record.DefaultLimits()
		c.limit(&lim)
		l, err := corner.Open(archive.Of(lim, archive.File{Name: "a.txt", Content: []byte(text)}).Entries()[0], lim, corner.Options{})
		var codes []string
		var refused *record.RefusedError
		if errors.As(err, &refused) {
			codes = append(codes, refused.Diagnostics[0].Code)
		} else if err == nil {
			_, codes = result(t, l)
		}
		if !slices.Contains(codes, c.want) {
			t.Errorf("%s: %v %v, want %s", c.name, codes, err, c.want)
		}
	}
}

// Whatever the bytes, nothing panics, every polygon is closed, and its corners
// are no more than the file has numbers for.
func FuzzTable(f *testing.F) {
	for _, s := range []string{
		"点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n",
		"1,4,1,4450000,37415000,2,4451000,37415000,3,4451000,37416000,4,4450000,37416000,1200,900\n",
		"4450000,37415000;4451000,37415000;4451000,37416000",
		"点号,圈号,X,Y,点号,X,Y\n1,1,40°10′27″,110-00-27,2,3,4\n\n地块2\n第2圈\n1 110° 00′ 27″ 40° 10′ 48″\n",
		"\xFF\xFE1\x00,\x004\x00", "\xb5\xe3\xba\xc5,X,Y\n1,2,3\n", "\"a\"\"b,\"c\n,,,\n°′″\nE,N\n-:-:\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		corner.Recognise(content)
		lim := record.DefaultLimits()
		l, err := corner.Open(archive.Of(lim, archive.File{Name: "a.txt", Content: content}).Entries()[0], lim, corner.Options{})
		if err != nil {
			var refused *record.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("error %v is not about the data", err)
			}
			return
		}
		corners := 0
		for rec, err := range l.Records(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			mp, ok := rec.Geometry.(*geom.MultiPolygon)
			if !ok {
				continue
			}
			for i := range mp.NumPolygons() {
				for j := range mp.Polygon(i).NumLinearRings() {
					r := mp.Polygon(i).LinearRing(j)
					n := r.NumCoords()
					corners += n - 1
					if n < 4 || !r.Coord(0).Equal(geom.XY, r.Coord(n-1)) {
						t.Errorf("ring of %d positions, closed %v", n, r.Coord(0).Equal(geom.XY, r.Coord(n-1)))
					}
				}
			}
		}
		if 4*corners > len(content)+4 {
			t.Errorf("%d corners out of %d bytes", corners, len(content))
		}
	})
}
