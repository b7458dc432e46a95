package jzd_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/jzd"
	"github.com/taohe-gis/taohe/ingest/record"
)

func open(content string, lim record.Limits, opts jzd.Options) (*jzd.Layer, error) {
	a := archive.Of(lim, archive.File{Name: "a.txt", Content: []byte(content)})
	return jzd.Open(a.Entries()[0], lim, opts)
}

type result struct {
	layer  *jzd.Layer
	rows   []string // line and WKT
	values []string // cells that are not empty
	codes  []string
}

func read(t *testing.T, content string, opts jzd.Options) result {
	t.Helper()
	l, err := open(content, record.DefaultLimits(), opts)
	if err != nil {
		var refused *record.RefusedError
		if !errors.As(err, &refused) {
			t.Fatal(err)
		}
		return result{codes: []string{refused.Diagnostics[0].Code}}
	}
	r := result{layer: l}
	for rec, err := range l.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		if rec.Geometry != nil {
			if text, err = wkt.Marshal(rec.Geometry); err != nil {
				t.Fatal(err)
			}
		}
		r.rows = append(r.rows, fmt.Sprint(rec.Row, " ", text))
		var values []string
		for _, a := range rec.Attributes {
			if a.Value.Kind != record.Null {
				values = append(values, a.Name+"="+a.Value.Text)
			}
		}
		r.values = append(r.values, strings.Join(values, "|"))
		for _, d := range rec.Diagnostics {
			r.codes = append(r.codes, d.Code)
		}
	}
	for _, d := range l.Diagnostics() {
		r.codes = append(r.codes, d.Code)
	}
	return r
}

// The head of the sample files, zone 37 of 3°, in twelve lines.
const head = `[属性描述]
格式版本号=1.01
数据产生单位=达拉特旗自然资源局
数据产生日期=2022-6-15
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=37
精度=0.001
转换参数=,,,,,,
[地块坐标]
`

const square = `1,1,4450000,37415000
2,1,4450000,37415100
3,1,4450100,37415100
4,1,4450100,37415000
`

const wktSquare = "MULTIPOLYGON (((37415000 4450000, 37415100 4450000, 37415100 4450100, 37415000 4450100, 37415000 4450000)))"

// parcel is a head and its rows; the head stands on line 13.
func parcel(points int, rows string) string {
	return fmt.Sprintf("%d,1.0,1,甲,面,,临时用地,1003,@\n%s", points, rows)
}

func TestRings(t *testing.T) {
	t.Parallel()
	const hole = "5,2,4450020,37415020\n6,2,4450080,37415020\n7,2,4450080,37415080\n"
	const wktHole = "MULTIPOLYGON (((37415000 4450000, 37415100 4450000, 37415100 4450100, 37415000 4450100, 37415000 4450000), (37415020 4450020, 37415020 4450080, 37415080 4450080, 37415020 4450020)))"
	const other = "5,2,4450000,37416000\n6,2,4450000,37416100\n7,2,4450100,37416100\n"
	const wktBoth = "MULTIPOLYGON (((37415000 4450000, 37415100 4450000, 37415100 4450100, 37415000 4450100, 37415000 4450000)), ((37416000 4450000, 37416100 4450000, 37416100 4450100, 37416000 4450000)))"
	for _, c := range []struct {
		name  string
		count int
		rows  string
		want  string
		codes []string
	}{
		{"no closing point", 4, square, wktSquare, nil},
		{"closing point of the first number", 5, square + "1,1,4450000,37415000\n", wktSquare, nil},
		{"closing point of its own number", 5, square + "5,1,4450000,37415000\n", wktSquare, nil},
		{"closing point, count without it", 4, square + "1,1,4450000,37415000\n", wktSquare, nil},
		{"closing point left out, count with it", 5, square, wktSquare, nil},
		{"count of something else", 9, square, wktSquare, []string{"jzd.count_differs"}},
		{"count that is no number", 0, strings.Replace(square, "1,1", "1,1", 1), wktSquare, []string{"jzd.count_differs"}},
		// The writer of a known tool prints the first ordinate twice.
		{"closing point that lost its Y", 5, square + "1,1,4450000,4450000\n", wktSquare, []string{"jzd.closing_dropped"}},
		{"closing point a millimetre off", 5, square + "1,1,4450000.001,37415000\n", wktSquare, []string{"jzd.closing_differs"}},
		{"numbers with J", 5, "J1,1,4450000,37415000\nJ2,1,4450000,37415100\nJ3,1,4450100,37415100\nJ4,1,4450100,37415000\nJ1,1,4450000,37415000\n", wktSquare, nil},
		{"no numbers", 4, ",1,4450000,37415000\n,1,4450000,37415100\n,1,4450100,37415100\n,1,4450100,37415000\n", wktSquare, nil},
		{"rows without a ring", 4, "1,4450000,37415000\n2,4450000,37415100\n3,4450100,37415100\n4,4450100,37415000\n", wktSquare, nil},
		{"coordinates alone", 4, "4450000,37415000\n4450000,37415100\n4450100,37415100\n4450100,37415000\n", wktSquare, nil},
		{"blanks for commas", 4, "1 1 4450000 37415000\n2\t1\t4450000\t37415100\n3  1  4450100  37415100\n4 1 4450100 37415000\n", wktSquare, nil},
		{"blank lines and blanks", 4, "\n" + strings.ReplaceAll(square, "\n", " \n\n"), wktSquare, nil},
		{"full-width digits and commas", 4, "１，１，４４５００００，３７４１５０００\n2，1，4450000，37415100\n3，1，4450100，37415100\n4，1，4450100，37415000\n", wktSquare, nil},
		{"a cell behind Y", 4, strings.ReplaceAll(square, "\n", ",1234.5\n"), wktSquare, []string{"jzd.cells_ignored"}},
		// znlgis takes ring 1 for the shell and the others for holes; so would
		// order. Containment decides: a second ring beside is a second part.
		{"hole, numbers go on", 7, square + hole, wktHole, nil},
		{"hole, numbers begin anew", 7, square + strings.NewReplacer("5,2", "1,2", "6,2", "2,2", "7,2", "3,2").Replace(hole), wktHole, nil},
		{"hole before its shell", 7, strings.ReplaceAll(hole, ",2,", ",0,") + square, wktHole, nil},
		{"second part", 7, square + other, wktBoth, nil},
		{"both closed", 9, square + "1,1,4450000,37415000\n" + other + "5,2,4450000,37416000\n", wktBoth, nil},
		{"new ring by its numbers alone", 7, square + strings.NewReplacer("5,2", "1,1", "6,2", "2,1", "7,2", "3,1").Replace(other), wktBoth, []string{"jzd.ring_by_number"}},
		{"new ring behind a closing row alone", 8, square + "1,1,4450000,37415000\n" + strings.ReplaceAll(other, ",2,", ",1,"), wktBoth, []string{"jzd.ring_by_number"}},
		{"same ring twice", 8, square + strings.ReplaceAll(square, ",1,", ",2,"), wktSquare, []string{"ring.duplicate"}},
		{"ring of two points", 6, square + "5,2,4450020,37415020\n6,2,4450080,37415020\n", wktSquare, []string{"ring.degenerate"}},
		{"no points", 0, "", "", []string{"geometry.null"}},
		{"coordinate in letters", 4, strings.Replace(square, "4450100,37415100", "4450100,x", 1), "", []string{"corner.unreadable"}},
		{"coordinate left out", 4, strings.Replace(square, "3,1,4450100,37415100", "3,1,,37415100", 1), "", []string{"corner.unreadable"}},
		{"coordinate rounded by a spreadsheet", 4, strings.Replace(square, "37415100", "3.74E+07", 1), "", []string{"corner.unreadable"}},
		{"line with one number", 4, square + "合计 4\n", "", []string{"corner.line_unclear"}},
		{"line of words", 4, square + "以下空白\n", wktSquare, []string{"corner.line_ignored"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, head+parcel(c.count, c.rows), jzd.Options{})
			if want := []string{"13 " + c.want}; !slices.Equal(r.rows, want) {
				t.Errorf("rows %q, want %q", r.rows, want)
			}
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
			}
		})
	}
}

func TestParcels(t *testing.T) {
	t.Parallel()
	const constants = "|数据产生单位=达拉特旗自然资源局|数据产生日期=2022-6-15"
	for _, c := range []struct {
		name, text string
		rows       []string
		values     []string
		codes      []string
	}{
		{"eight cells", "4,6.5,1,XXX区块一,面,,,,@\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=6.5|地块编号=1|地块名称=XXX区块一|图形属性=面" + constants}, nil},
		{"thirteen cells", "4,6.5,1,甲,面,图,用途,1003,图斑,地类,1,2,备,@\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=6.5|地块编号=1|地块名称=甲|图形属性=面|图幅号=图|地块用途=用途|地类编码=1003|图斑类型=图斑|地类=地类|改造前等别=1|改造后等别=2|备注=备" + constants}, nil},
		{"twelve cells", "4,6.5,1,甲,面,,,,图斑,地类,1,2,@\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=6.5|地块编号=1|地块名称=甲|图形属性=面|图斑类型=图斑|地类=地类|改造前等别=1|改造后等别=2" + constants}, nil},
		{"nine cells", "4,6.5,1,甲,面,,,,图斑,@\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=6.5|地块编号=1|地块名称=甲|图形属性=面|图斑类型=图斑" + constants}, nil},
		{"no comma before the mark", "4,6.5,1,甲,面,,,0602@\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=6.5|地块编号=1|地块名称=甲|图形属性=面|地类编码=0602" + constants}, nil},
		{"mark in full width, commas too", "4，6.5，1，甲 乙，面，，，0602，＠\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=6.5|地块编号=1|地块名称=甲 乙|图形属性=面|地类编码=0602" + constants}, nil},
		{"a full-width comma in a name", "4,6.5,1,甲，乙,面,,,,@\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=6.5|地块编号=1|地块名称=甲，乙|图形属性=面" + constants}, nil},
		{"first cell empty", ",6.5,1,甲,面,,,,@\n" + square, []string{"13 " + wktSquare}, []string{"地块面积=6.5|地块编号=1|地块名称=甲|图形属性=面" + constants}, nil},
		{"area with its unit", "4,0.7655公顷,1,甲,面,,,,@\n" + square, []string{"13 " + wktSquare}, []string{"界址点数=4|地块面积=0.7655公顷|地块编号=1|地块名称=甲|图形属性=面" + constants}, nil},
		{"one head for two parcels", "4,1,1,甲,面,,,,@\n" + square + "4,1,1,甲,面,,,,@\n" + square, []string{"13 " + wktSquare, "18 " + wktSquare}, []string{"界址点数=4|地块面积=1|地块编号=1|地块名称=甲|图形属性=面" + constants, "界址点数=4|地块面积=1|地块编号=1|地块名称=甲|图形属性=面" + constants}, nil},
		{"heads of several lengths", "4,1,1,甲,面,,,,@\n" + square + "4,1,2,乙,面,,,,,,,,注,@\n" + square, []string{"13 " + wktSquare, "18 " + wktSquare}, []string{"界址点数=4|地块面积=1|地块编号=1|地块名称=甲|图形属性=面" + constants, "界址点数=4|地块面积=1|地块编号=2|地块名称=乙|图形属性=面|备注=注" + constants}, nil},
		{"line", "2,0,1,路,线,,,,@\n1,1,4450000,37415000\n2,1,4450000,37415100\n", []string{"13 MULTILINESTRING ((37415000 4450000, 37415100 4450000))"}, []string{"界址点数=2|地块面积=0|地块编号=1|地块名称=路|图形属性=线" + constants}, nil},
		{"point", "1,0,1,井,点,,,,@\n1,1,4450000,37415000\n", []string{"13 MULTIPOINT (37415000 4450000)"}, []string{"界址点数=1|地块面积=0|地块编号=1|地块名称=井|图形属性=点" + constants}, nil},
		{"points without a head", square, []string{"13 " + wktSquare}, []string{constants[1:]}, []string{"jzd.head_missing"}},
		{"no parcel", "", nil, nil, []string{"jzd.no_parcel"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, head+c.text, jzd.Options{})
			if !slices.Equal(r.rows, c.rows) {
				t.Errorf("rows\n got %q\nwant %q", r.rows, c.rows)
			}
			if !slices.Equal(r.values, c.values) {
				t.Errorf("values\n got %q\nwant %q", r.values, c.values)
			}
			if !slices.Equal(r.codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", r.codes, c.codes)
			}
		})
	}
}

// The codes are those of the EPSG dataset for the zones of the names.
func TestReference(t *testing.T) {
	t.Parallel()
	set := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(head) }
	bare := strings.ReplaceAll(square, "374", "4")
	zone := func(z string) string { return strings.ReplaceAll(square, "374", z+"4") }
	for _, c := range []struct {
		name, head, rows string
		epsg             int
		codes            []string
	}{
		{"CGCS2000, 3°, 37", head, square, 4525, nil},
		{"eastings without the zone", head, bare, 4546, nil},
		{"zone 36", set("带号=37", "带号=36"), zone("36"), 4524, nil},
		{"6°, zone 19", set("几度分带=3", "几度分带=6", "带号=37", "带号=19"), zone("19"), 4497, nil},
		{"6°, without the zone", set("几度分带=3", "几度分带=6", "带号=37", "带号=19"), bare, 4508, nil},
		{"Xian 1980", set("2000国家", "1980西安"), square, 2361, nil},
		{"80国家大地坐标系, 6°", set("2000国家", "80国家", "几度分带=3", "几度分带=6", "带号=37", "带号=19"), zone("19"), 2333, nil},
		{"Beijing 1954", set("2000国家大地坐标系", "北京54坐标系"), square, 2413, nil},
		{"Beijing 1954, without the zone, 6°", set("2000国家大地坐标系", "1954年北京坐标系", "几度分带=3", "几度分带=6", "带号=37", "带号=19"), bare, 21479, nil},
		{"words of other kinds", set("2000国家大地坐标系", "ＣＧＣＳ２０００", "几度分带=3", "几度分带=三度带", "带号=37", "带号=37带", "计量单位=米", "计量单位=m"), square, 4525, nil},
		{"full-width equals", strings.ReplaceAll(head, "=", "＝"), square, 4525, nil},
		{"colons", strings.ReplaceAll(head, "=", "："), square, 4525, nil},
		{"no zone, coordinates have it", set("带号=37\n", "带号=\n"), square, 4525, []string{"jzd.zone_by_prefix"}},
		{"no zone nor width, coordinates have it", set("带号=37\n", "", "几度分带=3\n", ""), zone("19"), 4497, []string{"jzd.zone_by_prefix"}},
		{"meridian for the zone", set("带号=37", "中央子午线=111"), bare, 4546, nil},
		{"no zone anywhere", set("带号=37\n", ""), bare, 0, []string{"jzd.reference_incomplete"}},
		{"no datum", set("坐标系=2000国家大地坐标系\n", ""), square, 0, []string{"jzd.reference_incomplete"}},
		{"datum of no kind", set("2000国家大地坐标系", "地方独立坐标系"), square, 0, []string{"jzd.reference_incomplete"}},
		{"WGS 84 in a plane", set("2000国家大地坐标系", "WGS-84"), square, 0, []string{"jzd.reference_incomplete"}},
		{"another projection", set("高斯克吕格", "兰勃特"), square, 0, []string{"jzd.reference_incomplete"}},
		{"projection with a hyphen", set("高斯克吕格", "高斯-克吕格投影"), square, 4525, nil},
		{"unit of no kind", set("计量单位=米", "计量单位=千米"), square, 0, []string{"jzd.reference_incomplete"}},
		// The sample that circulates says 38 in its head and 39 in its rows.
		{"head against coordinates", set("带号=37", "带号=38"), zone("39"), 0, []string{"jzd.zone_conflict"}},
		{"zones mixed", head, square + strings.ReplaceAll(strings.ReplaceAll(square, "374", "366"), ",1,", ",2,"), 4525, []string{"jzd.zone_conflict"}},
		// 38 057 383 is 557 383 m east of the meridian of zone 37.
		{"east beyond the million", head, "1,1,4450000,38057383\n2,1,4450000,38057483\n3,1,4450100,38057483\n", 4525, []string{"jzd.zone_spill"}},
		{"width against zone", set("几度分带=3", "几度分带=6"), square, 0, []string{"jzd.width_conflict"}},
		{"zone outside China", set("带号=37", "带号=60"), strings.ReplaceAll(square, "374", "604"), 0, []string{"jzd.reference_incomplete"}},
		{"degrees", set("带号=37", "带号="), "1,1,40.1,110.1\n2,1,40.1,110.2\n3,1,40.2,110.2\n", 4490, nil},
		{"degrees and metres", head, square + "5,2,40.1,110.1\n6,2,40.1,110.2\n7,2,40.2,110.2\n", 0, []string{"jzd.reference_incomplete"}},
		{"X and Y swapped", head, "1,1,37415000,4450000\n2,1,37415000,4450100\n3,1,37415100,4450100\n", 4525, []string{"jzd.axes_doubtful"}},
		{"parameters of a shift", set("转换参数=,,,,,,", "转换参数=-12.5,3,0,0,0,0,1"), square, 4525, []string{"jzd.shift_present"}},
		{"parameters of nought", set("转换参数=,,,,,,", "转换参数=0,0,0,0.0,0,0,0"), square, 4525, nil},
		{"a second head of another zone", head + "[属性描述]\n带号=36\n[地块坐标]\n", square, 0, []string{"jzd.properties_differ"}},
		{"no head at all", "", square, 0, []string{"jzd.zone_by_prefix", "jzd.reference_incomplete"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, c.head+"4,1.0,1,甲,面,,,,@\n"+c.rows, jzd.Options{})
			if r.layer == nil {
				t.Fatal(r.codes)
			}
			if got, want := r.layer.Reference(), (record.Reference{EPSG: c.epsg, How: jzd.How}); got != want {
				t.Errorf("reference %v, want %v", got, want)
			}
			codes := slices.DeleteFunc(r.codes, func(code string) bool { return code == "jzd.count_differs" })
			if !slices.Equal(codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", codes, c.codes)
			}
		})
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	body := head + "4,1.0,1,鄂尔多斯,面,,,,@\n" + square
	encode := func(s string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	gbk := encode(simplifiedchinese.GBK.NewEncoder().String(body))
	utf16 := encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(body))
	for _, c := range []struct {
		name, content, user, encoding string
		line                          int
	}{
		{"UTF-8", body, "", "UTF-8", 13},
		{"byte order mark", "\xEF\xBB\xBF" + body, "", "UTF-8", 13},
		{"GBK", gbk, "", "GB18030", 13},
		{"GBK, the user says so", gbk, "gb2312", "GB18030", 13},
		{"UTF-16", utf16, "", "UTF-16", 13},
		{"CR LF", strings.ReplaceAll(body, "\n", "\r\n"), "", "UTF-8", 13},
		{"CR", strings.ReplaceAll(body, "\n", "\r"), "", "UTF-8", 13},
		{"end-of-file mark of DOS", body + "\x1a", "", "UTF-8", 13},
		{"brackets of full width", strings.NewReplacer("[", "【", "]", "】").Replace(body), "", "UTF-8", 13},
		{"brackets of full width, other kind", strings.NewReplacer("[", "［", "]", "］").Replace(body), "", "UTF-8", 13},
		{"blanks before the heads", strings.ReplaceAll(body, "[", "\u3000 ["), "", "UTF-8", 13},
		{"further sections", "[项目信息]\n项目名称=\n[扩展信息]\n" + body, "", "UTF-8", 16},
		{"no last line end", strings.TrimSpace(body), "", "UTF-8", 13},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, c.content, jzd.Options{Encoding: c.user})
			if want := []string{fmt.Sprint(c.line, " ", wktSquare)}; !slices.Equal(r.rows, want) || len(r.codes) > 0 {
				t.Fatalf("rows %q %v, want %q", r.rows, r.codes, want)
			}
			if !strings.Contains(r.values[0], "地块名称=鄂尔多斯|") || r.layer.Encoding().Name != c.encoding || r.layer.Reference().EPSG != 4525 {
				t.Errorf("%s, %v, %v", r.values[0], r.layer.Encoding(), r.layer.Reference())
			}
			if !jzd.Recognise([]byte(c.content)) {
				t.Error("not recognised")
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	body := head + parcel(4, square) + parcel(4, square)
	for _, c := range []struct {
		name string
		set  func(*record.Limits)
		code string
	}{
		{"bytes", func(l *record.Limits) { l.MaxBytes = 100 }, "file.limit"},
		{"rows", func(l *record.Limits) { l.MaxRows = 1 }, "file.limit"},
		{"fields", func(l *record.Limits) { l.MaxFields = 6 }, "file.limit"},
		{"vertices", func(l *record.Limits) { l.MaxVertices = 3 }, "geometry.limit"},
		{"rings", func(l *record.Limits) { l.MaxParts = 0 }, "geometry.limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lim := record.DefaultLimits()
			c.set(&lim)
			l, err := open(body, lim, jzd.Options{})
			var refused *record.RefusedError
			if errors.As(err, &refused) {
				if refused.Diagnostics[0].Code != c.code {
					t.Errorf("got %v, want %s", err, c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for rec, err := range l.Records(context.Background()) {
				if err != nil || rec.Geometry != nil || rec.Diagnostics[0].Code != c.code {
					t.Errorf("%v %v, want %s", rec.Diagnostics, err, c.code)
				}
			}
		})
	}
	long := head + strings.Repeat("x", 2<<20)
	if _, err := open(long, record.DefaultLimits(), jzd.Options{}); err == nil || !strings.Contains(err.Error(), "one line") {
		t.Errorf("a line of two megabytes: %v", err)
	}
}

func TestRecognise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		head: true, "4,1.0,1,甲,面,,,,@\n": true, "\n\n 【地块坐标】\n": true,
		"": false, "点号,X,Y\n1,4450000,37415000\n": false, "a@b.com\n": false, "{}": false, "[1,2]": false, "\x00[属性描述]": false,
	} {
		if got := jzd.Recognise([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Whatever the bytes, a text is read or refused, with no more corners than it
// has room for.
func FuzzText(f *testing.F) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(head + parcel(4, square))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		head + parcel(5, square+"1,1,4450000,4450000\n"), gbk, parcel(1, ",,1,2\n1 2 3 4 5\n") + "[属性描述]\n带号:36\n",
		head + parcel(3, "1,1,40.1,110.1\n2,1,40.1,110.2\n3,1,40.2,110.2\n1,1,1,1\n2,1,3,4\n") + "2,,,,线,,,,@\r\n1,2,3\r4,5\r",
	} {
		f.Add(seed)
	}
	lim := record.Limits{
		MaxBytes: 1 << 20, MaxEntries: 100, MaxRatio: 100, MaxVertices: 10_000, MaxParts: 1_000,
		MaxRows: 1_000, MaxFields: 100, MaxFieldSize: 1 << 16, MaxDepth: 16,
	}
	f.Fuzz(func(t *testing.T, content string) {
		l, err := open(content, lim, jzd.Options{})
		var refused *record.RefusedError
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatal(err)
			}
			return
		}
		rows, corners := 0, 0
		for r, err := range l.Records(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			rows++
			if r.Geometry == nil && len(r.Diagnostics) == 0 {
				t.Fatal("no geometry and no word why")
			}
			if r.Geometry != nil {
				corners += len(r.Geometry.FlatCoords()) / 2
			}
			if len(r.Attributes) != len(l.Fields()) {
				t.Fatalf("%d attributes for %d fields", len(r.Attributes), len(l.Fields()))
			}
		}
		// A row of two numbers takes four bytes; closing may double a ring of two.
		if rows != l.Rows() || corners > len(content) {
			t.Fatalf("%d rows of %d, %d corners of %d bytes", rows, l.Rows(), corners, len(content))
		}
		for _, d := range l.Diagnostics() {
			if d.English() == d.Code {
				t.Fatalf("%s is not in the catalogue", d.Code)
			}
		}
	})
}
