package shp_test

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/ingest/record"
)

func nulls(n int) []byte {
	var contents [][]byte
	for range n {
		contents = append(contents, le32(0))
	}
	return shpFile(5, contents...)
}

// tableCodes are the diagnostics but those of the null shapes beside the table.
func tableCodes(r result) []string {
	return slices.DeleteFunc(r.codes(), func(c string) bool { return c == "geometry.null" })
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const gbk, utf8 = "\xd5\xc5\xc8\xfd", "张三" // 张 D5C5 三 C8FD in the GB 2312 chart
	for _, c := range []struct {
		name, user, cpg string
		ldid            byte
		cell            string
		text, enc, how  string
		codes           []string
	}{
		{name: "user over cpg", user: "gbk", cpg: "UTF-8", cell: gbk, text: "张三", enc: "GB18030", how: "user"},
		{name: "cpg over language driver", cpg: "UTF-8", ldid: 0x4D, cell: utf8, text: "张三", enc: "UTF-8", how: "cpg"},
		{name: "language driver GBK", ldid: 0x4D, cell: gbk, text: "张三", enc: "GB18030", how: "ldid"},
		{name: "language driver GBK, content UTF-8", ldid: 0x4D, cell: utf8, text: "寮犱笁", enc: "GB18030", how: "ldid", codes: []string{"text.encoding_doubtful"}},
		{name: "system's own driver, content UTF-8", ldid: 0x57, cell: utf8, text: "张三", enc: "UTF-8", how: "content"},
		{name: "no word, content GBK", cell: gbk, text: "张三", enc: "GB18030", how: "content"},
		{name: "no word, UTF-8 cut at the width", cell: "地块编号", text: "地块编", enc: "UTF-8", how: "content", codes: []string{"value.cut"}},
		{name: "GBK cut at the width", ldid: 0x4D, cell: "a\xd5\xc5\xc8\xfd\xd5\xc5\xc8\xfd\xd5", text: "a张三张三", enc: "GB18030", how: "ldid", codes: []string{"value.cut"}},
		{name: "GB18030 of four bytes", cpg: "GB18030", cell: "\x95\x32\x82\x36", text: "𠀀", enc: "GB18030", how: "cpg"},
		{name: "cpg not known", cpg: "klingon", ldid: 0x4D, cell: gbk, text: "张三", enc: "GB18030", how: "ldid", codes: []string{"text.cpg_unknown"}},
		{name: "cpg UTF-8 but content is not", cpg: "utf-8", cell: gbk, text: "\uFFFD", enc: "UTF-8", how: "cpg", codes: []string{"value.undecodable"}},
		{name: "Western", cpg: "1252", cell: "S\xe3o", text: "São", enc: "CP1252", how: "cpg"},
		{name: "Traditional Chinese driver", ldid: 0x4F, cell: "\xb1\x69", text: "張", enc: "CP950", how: "ldid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{"a.shp": nulls(1), "a.dbf": dbfFile(c.ldid, c.cell)}
			if c.cpg != "" {
				files["a.cpg"] = []byte(c.cpg)
			}
			r := read(t, record.DefaultLimits(), c.user, files)
			if got := r.rows[0].Attributes[0].Value.Text; got != c.text {
				t.Errorf("text %q, want %q", got, c.text)
			}
			if got := r.layer.Encoding(); got != (record.Encoding{Name: c.enc, How: c.how}) {
				t.Errorf("encoding %v, want %s by %s", got, c.enc, c.how)
			}
			if codes := tableCodes(r); !slices.Equal(codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", codes, c.codes)
			}
		})
	}
}

func TestCpgSpellings(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[string][]string{
		"GB18030": {"936", "CP936", "cp936", "GBK", "GB2312", "GB-2312", "EUC-CN", "GB18030", "OEM", "ANSI 936", "OEM 936", "windows-936", "MS936", "x-cp936", "GBK\r\n", "54936"},
		"UTF-8":   {"UTF-8", "utf8", "UTF_8", "65001", "cp65001", "\xEF\xBB\xBFUTF-8\r\n", " UTF-8 "},
		"CP1252":  {"1252", "ANSI 1252", "CP1252"},
	} {
		for _, spelling := range spellings {
			t.Run(spelling, func(t *testing.T) {
				t.Parallel()
				l, err := open(record.DefaultLimits(), "", map[string][]byte{"a.shp": nulls(1), "a.dbf": dbfFile(0, "x"), "a.cpg": []byte(spelling)})
				if err != nil {
					t.Fatal(err)
				}
				if got := l.Encoding(); got != (record.Encoding{Name: want, How: "cpg"}) {
					t.Errorf("got %v, want %s", got, want)
				}
			})
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	type value = record.Value
	null := value{}
	for _, c := range []struct {
		name  string
		field fieldDef
		cell  string
		want  value
		code  string
	}{
		{"text", fieldDef{"A", 'C', 5, 0}, "  ab ", value{Kind: record.Text, Text: "  ab"}, ""},
		{"text ended by a zero", fieldDef{"A", 'C', 5, 0}, "ab\x00zz", value{Kind: record.Text, Text: "ab"}, ""},
		{"blank text", fieldDef{"A", 'C', 3, 0}, "   ", null, ""},
		{"integer of 18 digits", fieldDef{"A", 'N', 18, 0}, "123456789012345678", value{Kind: record.Integer, Text: "123456789012345678"}, ""},
		{"integer of 19 digits, as GDAL rounds it", fieldDef{"A", 'N', 19, 0}, "9223372036854775807", value{Kind: record.Integer, Text: "9223372036854775807"}, ""},
		{"negative", fieldDef{"A", 'N', 5, 0}, "   -7", value{Kind: record.Integer, Text: "-7"}, ""},
		{"decimal", fieldDef{"A", 'N', 8, 2}, "   12.50", value{Kind: record.Decimal, Text: "12.50"}, ""},
		{"whole number in a decimal field", fieldDef{"A", 'N', 8, 2}, "      12", value{Kind: record.Decimal, Text: "12"}, ""},
		{"exponent of three digits", fieldDef{"A", 'F', 10, 1}, "  1.2e+002", value{Kind: record.Decimal, Text: "1.2e+002"}, ""},
		{"number of asterisks", fieldDef{"A", 'N', 5, 0}, "*****", null, ""},
		{"blank number", fieldDef{"A", 'N', 5, 0}, "     ", null, ""},
		{"number of zero bytes", fieldDef{"A", 'N', 3, 0}, "\x00\x00\x00", null, ""},
		{"comma for a point", fieldDef{"A", 'N', 5, 2}, " 1,50", value{Kind: record.Text, Text: "1,50"}, "value.not_a_number"},
		{"infinity", fieldDef{"A", 'N', 5, 2}, "  Inf", value{Kind: record.Text, Text: "Inf"}, "value.not_a_number"},
		{"two numbers", fieldDef{"A", 'N', 5, 2}, "1 2  ", value{Kind: record.Text, Text: "1 2"}, "value.not_a_number"},
		{"date", fieldDef{"A", 'D', 8, 0}, "20220423", value{Kind: record.Date, Text: "2022-04-23"}, ""},
		{"date of zeros", fieldDef{"A", 'D', 8, 0}, "00000000", null, ""},
		{"blank date", fieldDef{"A", 'D', 8, 0}, "        ", null, ""},
		{"impossible date", fieldDef{"A", 'D', 8, 0}, "20220231", value{Kind: record.Text, Text: "20220231"}, "value.not_a_date"},
		{"true", fieldDef{"A", 'L', 1, 0}, "Y", value{Kind: record.Logical, Text: "true"}, ""},
		{"false", fieldDef{"A", 'L', 1, 0}, "f", value{Kind: record.Logical, Text: "false"}, ""},
		{"unknown logical", fieldDef{"A", 'L', 1, 0}, "?", null, ""},
		{"neither true nor false", fieldDef{"A", 'L', 1, 0}, "x", value{Kind: record.Text, Text: "x"}, "value.not_a_logical"},
		{"FoxPro integer", fieldDef{"A", 'I', 4, 0}, "\xfe\xff\xff\xff", value{Kind: record.Integer, Text: "-2"}, ""},
		{"FoxPro double", fieldDef{"A", 'B', 8, 0}, string(dbl(1.25)), value{Kind: record.Decimal, Text: "1.25"}, ""},
		{"FoxPro currency", fieldDef{"A", 'Y', 8, 0}, "\x39\x30\x00\x00\x00\x00\x00\x00", value{Kind: record.Decimal, Text: "1.2345"}, ""},
		// 2459693 is the day number of 2022-04-23 (US Naval Observatory).
		{"FoxPro time", fieldDef{"A", 'T', 8, 0}, string(le32(2459693)) + "\x00\x00\x00\x00", value{Kind: record.Date, Text: "2022-04-23"}, ""},
		{"memo", fieldDef{"A", 'M', 10, 0}, "         7", null, "field.type_unread"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table := join(dbfHead(3, 0x4D, 1, 0, c.field), []byte(" "+c.cell+"\x1a"))
			r := read(t, record.DefaultLimits(), "", map[string][]byte{"a.shp": nulls(1), "a.dbf": table})
			if got := r.rows[0].Attributes[0].Value; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if codes := strings.Join(tableCodes(r), " "); codes != c.code {
				t.Errorf("diagnostics %q, want %q", codes, c.code)
			}
		})
	}
}

func TestFieldNames(t *testing.T) {
	t.Parallel()
	// 地块编号 in UTF-8 is twelve bytes, cut at ten; 采矿许可证 in GBK is ten.
	table := join(dbfHead(3, 0, 0, 0, fieldDef{"地块编号"[:10], 'C', 1, 0}, fieldDef{"", 'C', 1, 0}, fieldDef{"A", 'C', 1, 0}, fieldDef{"A", 'N', 1, 0}), []byte{0x1A})
	r := read(t, record.DefaultLimits(), "", map[string][]byte{"a.shp": nulls(0), "a.dbf": table})
	var got []string
	for _, f := range r.layer.Fields() {
		got = append(got, f.Name)
	}
	if want := []string{"地块编", "FIELD_2", "A", "A"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	if want := []string{"field.name_cut", "field.name_empty", "field.name_twice"}; !slices.Equal(r.codes(), want) {
		t.Errorf("diagnostics %v, want %v", r.codes(), want)
	}
	table = join(dbfHead(3, 0x4D, 0, 0, fieldDef{"\xb2\xc9\xbf\xf3\xd0\xed\xbf\xc9\xd6\xa4", 'C', 1, 0}), []byte{0x1A})
	r = read(t, record.DefaultLimits(), "", map[string][]byte{"a.shp": nulls(0), "a.dbf": table})
	if name := r.layer.Fields()[0].Name; name != "采矿许可证" {
		t.Errorf("name %q, want 采矿许可证", name)
	}
}

func TestDeletedRowsTakeTheirShapes(t *testing.T) {
	t.Parallel()
	shapes := shpFile(5, polygon(5, nil, cw(0, 0, 10)), polygon(5, nil, cw(0, 0, 1)))
	table := join(dbfHead(3, 0x4D, 2, 0, fieldDef{"A", 'C', 1, 0}), []byte("*x y\x1a"))
	r := read(t, record.DefaultLimits(), "", map[string][]byte{"a.shp": shapes, "a.dbf": table})
	if len(r.rows) != 1 || r.rows[0].Row != 2 || r.rows[0].Attributes[0].Value.Text != "y" || r.wkt[0] != wktSmall {
		t.Errorf("rows %+v, shapes %v; want row 2 with y and the small square", r.rows, r.wkt)
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	field := fieldDef{"A", 'C', 1, 0}
	for _, c := range []struct {
		name  string
		table []byte
		rows  int
		codes []string
	}{
		{"FoxPro head with 263 bytes behind the terminator", join(dbfHead(0x30, 0x7A, 2, 263, field), []byte(" x y")), 2, nil},
		{"no end mark", join(dbfHead(3, 0x4D, 2, 0, field), []byte(" x y")), 2, nil},
		{"cut inside a row", join(dbfHead(3, 0x4D, 2, 0, field), []byte(" x ")), 1, []string{"file.truncated"}},
		{"end mark before the declared rows", join(dbfHead(3, 0x4D, 2, 0, field), []byte(" x\x1a\x00\x00")), 1, []string{"file.truncated"}},
		{"rows behind the declared ones", join(dbfHead(3, 0x4D, 2, 0, field), []byte(" x y z\x1a")), 2, []string{"dbf.surplus_rows"}},
		{"junk behind the last row", join(dbfHead(3, 0x4D, 2, 0, field), []byte(" x y\x1ajunk and more junk")), 2, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, record.DefaultLimits(), "", map[string][]byte{"a.shp": nulls(2), "a.dbf": c.table})
			if len(r.rows) != c.rows {
				t.Errorf("%d rows, want %d", len(r.rows), c.rows)
			}
			if codes := tableCodes(r); !slices.Equal(codes, c.codes) {
				t.Errorf("diagnostics %v, want %v", codes, c.codes)
			}
		})
	}
}

func TestLongTextOfClipper(t *testing.T) {
	t.Parallel()
	// Width 300 = 44 + 1 × 256: the high byte stands where decimals do.
	head := dbfHead(3, 0x4D, 1, 0, fieldDef{"A", 'C', 44, 1})
	copy(head[10:], le16(301))
	r := read(t, record.DefaultLimits(), "", map[string][]byte{"a.shp": nulls(1), "a.dbf": join(head, []byte(" "), []byte(strings.Repeat("x", 300)))})
	if got := len(r.rows[0].Attributes[0].Value.Text); got != 300 {
		t.Errorf("text of %d bytes, want 300", got)
	}
}

func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	shapes, table := nulls(1), dbfFile(0, "x")
	for _, c := range []struct {
		name  string
		files map[string][]byte
		user  string
		code  string
	}{
		{"no .shp", map[string][]byte{"a.dbf": table}, "", "shp.part_missing"},
		{".shp of 50 bytes", map[string][]byte{"a.shp": shapes[:50], "a.dbf": table}, "", "file.truncated"},
		{".shp that is something else", map[string][]byte{"a.shp": make([]byte, 200), "a.dbf": table}, "", "shp.bad_header"},
		{".dbf of 10 bytes", map[string][]byte{"a.shp": shapes, "a.dbf": table[:10]}, "", "dbf.bad_header"},
		{".dbf head cut off", map[string][]byte{"a.shp": shapes, "a.dbf": table[:40]}, "", "dbf.bad_header"},
		{".dbf with records of no bytes", map[string][]byte{"a.shp": shapes, "a.dbf": make([]byte, 64)}, "", "dbf.bad_header"},
		{"fields wider than the record", map[string][]byte{"a.shp": shapes, "a.dbf": append(append(slices.Clone(table[:10]), 2, 0), table[12:]...)}, "", "dbf.bad_header"},
		{"dBASE 7", map[string][]byte{"a.shp": shapes, "a.dbf": append([]byte{4}, table[1:]...)}, "", "dbf.bad_header"},
		{"encoding nobody knows", map[string][]byte{"a.shp": shapes, "a.dbf": table}, "klingon", "text.encoding_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := open(record.DefaultLimits(), c.user, c.files)
			if codes := refusedCodes(err); !slices.Equal(codes, []string{c.code}) {
				t.Errorf("error %v, want a refusal with %s", err, c.code)
			}
		})
	}
}

// TestHeadersCostNothing holds that memory follows what is there, not what a
// header claims. It does not run beside others, whose memory it would count.
func TestHeadersCostNothing(t *testing.T) {
	manyRows := dbfHead(3, 0x4D, 0, 0, fieldDef{"A", 'C', 254, 0})
	copy(manyRows[4:], []byte{0xff, 0xff, 0xff, 0xff})
	hugeRecord := join(shpHead(5, math.MaxInt32), be32(1), be32(0x07ffffff), make([]byte, 100))
	hugeCounts := polygon(5, nil, cw(0, 0, 1))
	copy(hugeCounts[36:], []byte{0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f})
	for name, files := range map[string]map[string][]byte{
		"four thousand million rows": {"a.shp": nulls(1), "a.dbf": manyRows},
		"record of 256 MB":           {"a.shp": hugeRecord, "a.dbf": dbfFile(0, "x")},
		"two thousand million parts": {"a.shp": shpFile(5, hugeCounts), "a.dbf": dbfFile(0, "x")},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read(t, record.DefaultLimits(), "", files)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 2<<20 {
			t.Errorf("%s: %d bytes allocated", name, grown)
		}
	}
}
