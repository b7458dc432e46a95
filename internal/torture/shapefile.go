package torture

import (
	"strings"

	sb "github.com/taohe-gis/taohe/internal/shpbytes"
)

// The system that most layers of the bureau are in, as ArcGIS writes it.
const prj37 = `PROJCS["CGCS2000_3_Degree_GK_Zone_37",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",37500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

const refPRJ37 = "WKT CGCS2000_3_Degree_GK_Zone_37 (prj)"

const (
	polygonType = 5
	gbkDriver   = 0x4D
)

// squares is a .shp of n squares of 10 by 10, side by side.
func squares(n int) []byte { return sb.Shapes(polygonType, squareRecords(n)...) }

func squareRecords(n int) [][]byte {
	var out [][]byte
	for i := range n {
		out = append(out, sb.Multi(polygonType, nil, sb.CW(float64(20*i), 0, 10)))
	}
	return out
}

var square10 = Polygon(1, 1, 100)

// A column is one of a table, with its cells.
type column struct {
	sb.Field
	cells []string
}

// text is a column of texts, left-justified.
func text(name string, width int, cells ...string) column {
	c := column{Field: sb.Field{Name: name, Kind: 'C', Width: width}}
	for _, s := range cells {
		c.cells = append(c.cells, (s + strings.Repeat(" ", width))[:width])
	}
	return c
}

// raw is a column of any type, right-justified.
func raw(kind byte, name string, width, decimals int, cells ...string) column {
	c := column{Field: sb.Field{Name: name, Kind: kind, Width: width, Decimals: decimals}}
	for _, s := range cells {
		c.cells = append(c.cells, (strings.Repeat(" ", width) + s)[len(s):])
	}
	return c
}

// A tableForm is how a table is written, right by default.
type tableForm struct {
	version, language byte
	pad, rows         int
	deleted           []int // row numbers from 1
}

func (f tableForm) table(columns ...column) []byte {
	rows := len(columns[0].cells)
	var fields []sb.Field
	for _, c := range columns {
		fields = append(fields, c.Field)
	}
	declared := rows
	if f.rows != 0 {
		declared = f.rows
	}
	if f.version == 0 {
		f.version = 3
	}
	b := sb.TableHead(f.version, f.language, declared, f.pad, fields...)
	for i := range rows {
		mark := byte(' ')
		for _, d := range f.deleted {
			if d == i+1 {
				mark = '*'
			}
		}
		b = append(b, mark)
		for _, c := range columns {
			b = append(b, c.cells[i]...)
		}
	}
	return append(b, 0x1A)
}

// shapefile is a.zip with the shapefile a: squares for the rows of the table.
func shapefile(rows int, table []byte, further ...any) func() ([]File, error) {
	return zipped("a.zip", append([]any{"a.shp", squares(rows), "a.shx", sb.Index(polygonType, squareRecords(rows)...), "a.dbf", table}, further...)...)
}

// rowsOf are rows of squares with these values.
func rowsOf(values ...string) []Row {
	var out []Row
	for _, v := range values {
		out = append(out, Row{Shape: square10, Values: v})
	}
	return out
}

// shapefileTexts are tables in every encoding, declared rightly, wrongly and not
// at all. 张三 and 联通 stand in them: the second is valid, and means something
// else, in many encodings.
func shapefileTexts() []Case {
	const noCPG = "\x00"
	var out []Case
	for _, c := range []struct {
		odd, cpg string
		language byte
		utf8     bool
		encoding string
		codes    []string
		values   [2]string // 张三, 联通 where empty
		gdal     string
	}{
		{"cpg says 936", "936", 0, false, "GB18030 (cpg)", nil, [2]string{}, ""},
		{"cpg says CP936", "CP936\r\n", 0, false, "GB18030 (cpg)", nil, [2]string{}, ""},
		{"cpg says GBK", "GBK", 0, false, "GB18030 (cpg)", nil, [2]string{}, ""},
		{"cpg says GB2312", "gb2312", 0, false, "GB18030 (cpg)", nil, [2]string{}, ""},
		{"cpg says GB18030", "GB18030\n", 0, false, "GB18030 (cpg)", nil, [2]string{}, ""},
		{"cpg says EUC-CN", "EUC-CN", 0, false, "GB18030 (cpg)", nil, [2]string{}, ""},
		{"cpg says OEM", "OEM", 0, false, "GB18030 (cpg)", nil, [2]string{}, gdalRaw},
		{"cpg says ANSI 936", "ANSI 936", 0, false, "GB18030 (cpg)", nil, [2]string{}, gdalRaw},
		{"cpg says windows-936", "windows-936", 0, false, "GB18030 (cpg)", nil, [2]string{}, ""},
		{"cpg says UTF-8", "UTF-8", 0, true, "UTF-8 (cpg)", nil, [2]string{}, ""},
		{"cpg says UTF8 behind a byte order mark", "\xEF\xBB\xBFUTF8\r\n", 0, true, "UTF-8 (cpg)", nil, [2]string{}, ""},
		{"cpg says 65001", "65001", 0, true, "UTF-8 (cpg)", nil, [2]string{}, ""},
		{"cpg against the language driver", "UTF-8", gbkDriver, true, "UTF-8 (cpg)", nil, [2]string{}, ""},
		{"cpg of no meaning before the language driver", "KLINGON", gbkDriver, false, "GB18030 (ldid)", []string{"text.cpg_unknown"}, [2]string{}, gdalRaw},
		{"cpg of no meaning alone", "国标", 0, false, "GB18030 (content)", []string{"text.cpg_unknown"}, [2]string{}, "GDAL does not know that name and hands over no text at all."},
		{"cpg empty", "", 0, false, "GB18030 (content)", []string{"text.cpg_unknown"}, [2]string{}, gdalRaw},
		{"language driver 4d, no cpg", noCPG, gbkDriver, false, "GB18030 (ldid)", nil, [2]string{}, ""},
		{"language driver 7a, no cpg", noCPG, 0x7A, false, "GB18030 (ldid)", nil, [2]string{}, ""},
		{"language driver 57 of ArcGIS, UTF-8", noCPG, 0x57, true, "UTF-8 (content)", nil, [2]string{}, "GDAL takes the driver for ISO 8859-1 and hands over mojibake."},
		{"nothing declared, GBK", noCPG, 0, false, "GB18030 (content)", nil, [2]string{}, "GDAL hands over the bytes as they are, which are no UTF-8."},
		{"nothing declared, UTF-8", noCPG, 0, true, "UTF-8 (content)", nil, [2]string{}, ""},
		// E5 BC A0 E4 B8 89 read in pairs; E8 81 94 E9, 80 by itself, and 9A, half of one.
		{"language driver 4d over UTF-8", noCPG, gbkDriver, true, "GB18030 (ldid)", []string{"text.encoding_doubtful", "value.undecodable"}, [2]string{"寮犱笁", "鑱旈€"}, ""},
		{"cpg says GBK over UTF-8", "GBK", 0, true, "GB18030 (cpg)", []string{"text.encoding_doubtful", "value.undecodable"}, [2]string{"寮犱笁", "鑱旈€"}, ""},
	} {
		cells := []string{"张三", "联通"}
		want := cells
		if c.values[0] != "" {
			want = c.values[:]
		}
		name := "NAME"
		if !c.utf8 {
			cells = []string{gbk(cells[0]), gbk(cells[1])}
		}
		further := []any{"a.prj", prj37}
		if c.cpg != noCPG {
			further = append(further, "a.cpg", c.cpg)
		}
		out = append(out, Case{
			Name: "shp/text/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal,
			Make: shapefile(2, tableForm{language: c.language}.table(text(name, 12, cells...)), further...),
			Want: of(Layer{
				Name: "a", Fields: []string{name + " text"}, Encoding: c.encoding, Reference: refPRJ37,
				Rows: rowsOf(name+"="+want[0], name+"="+want[1]), Codes: codes(c.codes...),
			}),
		})
	}
	for _, c := range []struct {
		odd      string
		cpg      string
		column   column
		field    string
		values   []string
		encoding string
		codes    []string
		gdal     string
	}{
		// Ten bytes: three characters of three bytes, and one byte.
		{"value in UTF-8 cut in a character", "UTF-8", text("T", 10, "达拉特旗"), "T text", []string{"T=达拉特"}, "UTF-8 (cpg)", []string{"value.cut"}, "GDAL keeps the half character."},
		{"value in GBK cut in a character", "GBK", text("T", 9, gbk("达拉特旗煤")), "T text", []string{"T=达拉特旗"}, "GB18030 (cpg)", []string{"value.cut"}, ""},
		{"name in UTF-8 cut in a character", "UTF-8", text("地块编号"[:10], 4, "1"), "地块编 text", []string{"地块编=1"}, "UTF-8 (cpg)", []string{"field.name_cut"}, "GDAL keeps the half character in the name."},
		{"name in GBK cut in a character", "GBK", text(gbk("A采矿许可证")[:10], 4, "1"), "A采矿许可 text", []string{"A采矿许可=1"}, "GB18030 (cpg)", []string{"field.name_cut"}, ""},
		{"name in GBK that fits", "GBK", text(gbk("采矿许可证"), 4, "1"), "采矿许可证 text", []string{"采矿许可证=1"}, "GB18030 (cpg)", nil, ""},
		{"no name", "GBK", text("", 4, "1"), "FIELD_1 text", []string{"FIELD_1=1"}, "GB18030 (cpg)", []string{"field.name_empty"}, "GDAL calls the column by no name."},
		{"character of four bytes", "GB18030", text("T", 10, gbk("𠮷田")), "T text", []string{"T=𠮷田"}, "GB18030 (cpg)", nil, ""},
		{"bytes that are no GBK", "GBK", text("T", 10, "\xff\xff煤"[:2]), "T text", []string{"T=\uFFFD\uFFFD"}, "GB18030 (cpg)", []string{"value.undecodable"}, "GDAL hands over no text at all."},
		{"text ended by a zero byte, rubbish behind", "UTF-8", text("T", 10, "甲\x00\xff\xfe"), "T text", []string{"T=甲"}, "UTF-8 (cpg)", nil, ""},
	} {
		out = append(out, Case{
			Name: "shp/text/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal,
			Make: shapefile(1, tableForm{}.table(c.column), "a.prj", prj37, "a.cpg", c.cpg),
			Want: of(Layer{
				Name: "a", Fields: []string{c.field}, Encoding: c.encoding, Reference: refPRJ37, Rows: rowsOf(c.values...), Codes: codes(c.codes...),
			}),
		})
	}
	return out
}

// shapefileValues are the types of columns, and what stands in them that does
// not belong there.
func shapefileValues() []Case {
	var out []Case
	for _, c := range []struct {
		odd    string
		table  []byte
		rows   int // of the .shp
		fields string
		values []Row
		codes  []string
		gdal   string
	}{
		{
			"NULL in each of its forms",
			tableForm{language: gbkDriver}.table(
				raw('N', "N", 6, 0, "", "******", "1"), raw('N', "D", 8, 2, "", "********", "1.50"), raw('F', "F", 13, 6, "", "*************", "1.5"),
				raw('D', "DAY", 8, 0, "", "00000000", "20220423"), raw('L', "L", 1, 0, " ", "?", "T"), text("C", 4, "", "", "x"),
			), 3, "N integer|D decimal|F decimal|DAY date|L logical|C text",
			rowsOf("", "", "N=1|D=1.50|F=1.5|DAY=2022-04-23|L=true|C=x"), nil, "GDAL hands over the question mark of an unset logical.",
		},
		{
			"integers beyond 64 bits and beyond a float", tableForm{language: gbkDriver}.table(raw('N', "N", 20, 0, "9223372036854775807", "9007199254740993", "15062119800101123456")),
			3, "N integer", rowsOf("N=9223372036854775807", "N=9007199254740993", "N=15062119800101123456"), nil, "GDAL takes whole numbers of nineteen digits and more for floats, and the last digits are lost.",
		},
		{
			"licence number as text", tableForm{language: gbkDriver}.table(text("XKZH", 30, "C1500002011057130112345", "001500002011057130112345")),
			2, "XKZH text", rowsOf("XKZH=C1500002011057130112345", "XKZH=001500002011057130112345"), nil, "",
		},
		{
			"numbers with exponents", tableForm{language: gbkDriver}.table(raw('F', "F", 19, 11, "1.20000000000e+002", "-5E-3")),
			2, "F decimal", rowsOf("F=1.20000000000e+002", "F=-5E-3"), nil, "",
		},
		{
			"numbers that are none", tableForm{language: gbkDriver}.table(raw('N', "N", 6, 2, "1,5", "12a", "0x10", "NaN")),
			4, "N decimal", rowsOf("N=1,5", "N=12a", "N=0x10", "N=NaN"),
			[]string{"value.not_a_number", "value.not_a_number", "value.not_a_number", "value.not_a_number"},
			"GDAL reads as far as there are digits: 1 for 1,5 and 12 for 12a.",
		},
		{
			"dates the calendar has not", tableForm{language: gbkDriver}.table(raw('D', "DAY", 8, 0, "20220230", "2022-4-3", "20221301")),
			3, "DAY date", rowsOf("DAY=20220230", "DAY=2022-4-3", "DAY=20221301"),
			[]string{"value.not_a_date", "value.not_a_date", "value.not_a_date"},
			"GDAL hands over dates that the calendar has not.",
		},
		{
			"logical that is neither", tableForm{language: gbkDriver}.table(raw('L', "L", 1, 0, "x", "n")),
			2, "L logical", rowsOf("L=x", "L=false"),
			[]string{"value.not_a_logical"},
			"GDAL hands over the letters as text.",
		},
		{
			"deleted rows", tableForm{language: gbkDriver, deleted: []int{1, 3}}.table(text("T", 4, "a", "b", "c", "d")), 4, "T text",
			[]Row{{Number: 2, Shape: square10, Values: "T=b"}, {Number: 4, Shape: square10, Values: "T=d"}},
			nil, "",
		},
		{
			"all rows deleted", tableForm{language: gbkDriver, deleted: []int{1, 2}}.table(text("T", 4, "a", "b")), 2, "T text", []Row{}, nil, "",
		},
		{
			"memo column", tableForm{language: gbkDriver}.table(text("T", 4, "a"), raw('M', "MEMO", 10, 0, "1")), 1, "T text|MEMO text",
			rowsOf("T=a"),
			[]string{"field.type_unread"},
			"GDAL hands over the number of the memo's block as if it were the memo.",
		},
		{
			"two columns of one name", tableForm{language: gbkDriver}.table(text("T", 4, "a"), text("T", 4, "b")), 1, "T text|T text",
			rowsOf("T=a|T=b"),
			[]string{"field.name_twice"},
			"",
		},
		{
			"head padded behind its end as FoxPro does", tableForm{language: gbkDriver, version: 0x30, pad: 263}.table(text("T", 4, "a")), 1, "T text", rowsOf("T=a"), nil, "",
		},
		{
			"types of FoxPro in binary",
			tableForm{language: gbkDriver, version: 0x30, pad: 263}.table(
				column{sb.Field{Name: "I", Kind: 'I', Width: 4}, []string{string(sb.LE32(-7))}},
				column{sb.Field{Name: "B", Kind: 'B', Width: 8}, []string{string(sb.Doubles(0.1))}},
				// Currency counts ten-thousandths: 12,345.6789.
				column{sb.Field{Name: "Y", Kind: 'Y', Width: 8}, []string{string(sb.Join(sb.LE32(123456789), sb.LE32(0)))}},
				// Day 2,459,693 is 2022-04-23.
				column{sb.Field{Name: "T", Kind: 'T', Width: 8}, []string{string(sb.Join(sb.LE32(2459693), sb.LE32(0)))}},
			), 1, "I integer|B decimal|Y decimal|T date", rowsOf("I=-7|B=0.1|Y=12345.6789|T=2022-04-23"), nil, "GDAL reads the binary columns of FoxPro as text.",
		},
		{
			"text wider than 255 bytes as Clipper writes it",
			tableForm{language: gbkDriver}.table(column{sb.Field{Name: "T", Kind: 'C', Width: 44, Decimals: 1}, nil}), 0, "T text",
			[]Row{},
			nil, "GDAL reads the low byte of the width, 44, and cuts the text there.",
		},
		{
			"table that declares more rows than it has", tableForm{language: gbkDriver, rows: 3}.table(text("T", 4, "a", "b")), 3, "T text",
			rowsOf("T=a", "T=b"),
			[]string{"file.truncated"},
			"GDAL hands over the rows that are not there, without attributes.",
		},
		{
			"table that declares fewer rows than it has", tableForm{language: gbkDriver, rows: 1}.table(text("T", 4, "a", "b")), 1, "T text",
			rowsOf("T=a"),
			[]string{"dbf.surplus_rows"},
			"",
		},
		{
			"table without columns", sb.Join(sb.TableHead(3, gbkDriver, 2, 0), []byte("  \x1a")), 2, "", rowsOf("", ""), nil, "",
		},
	} {
		// The long text: 1 × 256 + 44 bytes make 300.
		if strings.HasPrefix(c.odd, "text wider") {
			long := strings.Repeat("x", 300)
			c.table = sb.Join(sb.Edit(sb.TableHead(3, gbkDriver, 1, 0, sb.Field{Name: "T", Kind: 'C', Width: 44, Decimals: 1}), 10, sb.LE16(301)), []byte(" "+long+"\x1a"))
			c.rows, c.values = 1, rowsOf("T="+long)
		}
		var fields []string
		if c.fields != "" {
			fields = strings.Split(c.fields, "|")
		}
		out = append(out, Case{
			Name: "shp/value/" + slug(c.odd), Odd: c.odd, GDAL: c.gdal, Make: shapefile(c.rows, c.table),
			Want: of(Layer{Name: "a", Fields: fields, Encoding: "GB18030 (ldid)", Reference: "none", Rows: c.values, Codes: codes(c.codes...)}),
		})
	}
	for _, c := range []struct {
		odd   string
		table []byte
		code  string
		gdal  string
	}{
		{"table of dBASE 7", tableForm{version: 4}.table(text("T", 4, "a")), "dbf.bad_header", "GDAL reads the head of dBASE 7 as one of dBASE III, and happens on a column; a true one has descriptors of another length."},
		{"columns wider than the record", sb.Edit(tableForm{}.table(text("T", 40, "a")), 10, sb.LE16(5)), "dbf.bad_header", gdalNoTable},
		{"record of no bytes", sb.Edit(tableForm{}.table(text("T", 4, "a")), 10, sb.LE16(0)), "dbf.bad_header", gdalNoTable},
		{"head that ends before its end", tableForm{}.table(text("T", 4, "a"))[:40], "dbf.bad_header", gdalNoTable},
		{"table of no bytes", nil, "dbf.bad_header", gdalNoTable},
	} {
		out = append(out, Case{Name: "shp/value/" + slug(c.odd), Odd: c.odd, Make: shapefile(1, c.table), Want: refused(c.code), GDAL: c.gdal})
	}
	return out
}
