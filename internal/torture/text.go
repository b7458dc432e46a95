package torture

import (
	"strings"
)

const noDriver = "GDAL has no driver for boundary-point texts."

// The head of the sample files, zone 37 of 3°.
const jzdHead = `[属性描述]
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

const jzdSquare = "1,1,4450000,37415000\n2,1,4450000,37415100\n3,1,4450100,37415100\n4,1,4450100,37415000\n"

const ref37 = "EPSG:4525 (jzd)"

// A jzdCase is a text of one parcel or more, and what is read of it.
type jzdCase struct {
	odd, content string
	shapes       []string // of the rows
	values       []string // "" for those of parcel()
	fields       string   // "" for those of a head of eight cells
	encoding     string   // UTF-8 where empty
	reference    string   // zone 37 where empty
	codes        []string
}

// parcel is a head of eight cells and its rows.
func parcel(points, rows string) string {
	return points + ",1.0,1,甲,面,,临时用地,1003,@\n" + rows
}

const (
	eightFields = "界址点数|地块面积|地块编号|地块名称|图形属性|图幅号|地块用途|地类编码"
	constants   = "|数据产生单位=达拉特旗自然资源局|数据产生日期=2022-6-15"
)

func jzdCases(group string, cases []jzdCase) []Case {
	var out []Case
	for _, c := range cases {
		l := Layer{Name: "a", Encoding: "UTF-8 (content)", Reference: ref37, Rows: []Row{}, Codes: codes(c.codes...)}
		if c.encoding != "" {
			l.Encoding = c.encoding
		}
		if c.reference != "" {
			l.Reference = c.reference
		}
		fields := eightFields
		if c.fields != "" {
			fields = c.fields
		}
		produced := strings.Contains(c.content, "数据产生") || c.encoding != ""
		if produced {
			fields += "|数据产生单位|数据产生日期"
		}
		for f := range strings.SplitSeq(strings.TrimLeft(fields, "|"), "|") {
			l.Fields = append(l.Fields, f+" text")
		}
		for i, s := range c.shapes {
			v := c.values[min(i, len(c.values)-1)]
			if produced {
				v = strings.TrimPrefix(v+constants, "|")
			}
			l.Rows = append(l.Rows, Row{Shape: s, Values: v})
		}
		out = append(out, Case{Name: "jzd/" + group + "/" + slug(c.odd), Odd: c.odd, GDAL: noDriver, Make: made("a.txt", c.content), Want: of(l)})
	}
	return out
}

func counted(n string) []string {
	return []string{"界址点数=" + n + "|地块面积=1.0|地块编号=1|地块名称=甲|图形属性=面|地块用途=临时用地|地类编码=1003"}
}

// boundaryTexts are 界址点 texts: rows, rings, heads and encodings as they were
// seen. The square has 10,000 m², the hole of a triangle 60 by 60 takes 1,800.
func boundaryTexts() []Case {
	const hole = "5,2,4450020,37415020\n6,2,4450080,37415020\n7,2,4450080,37415080\n"
	const other = "5,2,4450000,37416000\n6,2,4450000,37416100\n7,2,4450100,37416100\n" // 5,000 m²
	square, holed, both := Polygon(1, 1, 10000), Polygon(1, 2, 8200), Polygon(2, 2, 15000)
	row := func(odd, count, rows, shape string, names ...string) jzdCase {
		return jzdCase{odd: odd, content: jzdHead + parcel(count, rows), shapes: []string{shape}, values: counted(count), codes: names}
	}
	text := func(odd, content, encoding string) jzdCase {
		return jzdCase{odd: odd, content: content, encoding: encoding, shapes: []string{square}, values: counted("4")}
	}
	head := func(odd, heads, fields string, values ...string) jzdCase {
		return jzdCase{odd: odd, content: jzdHead + heads, fields: fields, shapes: []string{square}, values: values}
	}
	body := jzdHead + parcel("4", jzdSquare)
	const first = "界址点数=4|地块面积=6.5|地块编号=1|地块名称=甲|图形属性=面"
	out := jzdCases("ring", []jzdCase{
		row("closing point left out", "4", jzdSquare, square),
		row("closing point of the first number", "5", jzdSquare+"1,1,4450000,37415000\n", square),
		row("closing point of its own number", "5", jzdSquare+"5,1,4450000,37415000\n", square),
		row("count without the closing point", "4", jzdSquare+"1,1,4450000,37415000\n", square),
		row("count with the closing point left out", "5", jzdSquare, square),
		row("count of something else", "9", jzdSquare, square, "jzd.count_differs"),
		row("closing point that lost its Y", "5", jzdSquare+"1,1,4450000,4450000\n", square, "jzd.closing_dropped"),
		row("closing point a millimetre off", "5", jzdSquare+"1,1,4450000.001,37415000\n", square, "jzd.closing_differs"),
		row("numbers with J", "5", "J1,1,4450000,37415000\nJ2,1,4450000,37415100\nJ3,1,4450100,37415100\nJ4,1,4450100,37415000\nJ1,1,4450000,37415000\n", square),
		row("rows without a ring number", "4", "1,4450000,37415000\n2,4450000,37415100\n3,4450100,37415100\n4,4450100,37415000\n", square),
		row("coordinates alone", "4", "4450000,37415000\n4450000,37415100\n4450100,37415100\n4450100,37415000\n", square),
		row("blanks and tabs for commas", "4", "1 1 4450000 37415000\n2\t1\t4450000\t37415100\n3  1  4450100  37415100\n4 1 4450100 37415000\n", square),
		row("digits and commas of full width", "4", "１，１，４４５００００，３７４１５０００\n2，1，4450000，37415100\n3，1，4450100，37415100\n4，1，4450100，37415000\n", square),
		row("blank lines between the rows", "4", "\n"+strings.ReplaceAll(jzdSquare, "\n", " \n\n"), square),
		row("height behind Y", "4", strings.ReplaceAll(jzdSquare, "\n", ",1234.5\n"), square, "jzd.cells_ignored"),
		row("hole, numbers go on", "7", jzdSquare+hole, holed),
		row("hole, numbers begin anew", "7", jzdSquare+strings.NewReplacer("5,2", "1,2", "6,2", "2,2", "7,2", "3,2").Replace(hole), holed),
		row("hole before its shell", "7", strings.ReplaceAll(hole, ",2,", ",0,")+jzdSquare, holed),
		row("second ring beside is a second part", "7", jzdSquare+other, both),
		row("new ring by its numbers alone", "7", jzdSquare+strings.NewReplacer("5,2", "1,1", "6,2", "2,1", "7,2", "3,1").Replace(other), both, "jzd.ring_by_number"),
		row("the same ring twice", "8", jzdSquare+strings.ReplaceAll(jzdSquare, ",1,", ",2,"), square, "ring.duplicate"),
		row("ring of two points", "6", jzdSquare+"5,2,4450020,37415020\n6,2,4450080,37415020\n", square, "ring.degenerate"),
		row("parcel without points", "0", "", None, "geometry.null"),
		row("coordinate in letters", "4", strings.Replace(jzdSquare, "4450100,37415100", "4450100,x", 1), None, "corner.unreadable"),
		row("coordinate rounded by a spreadsheet", "4", strings.Replace(jzdSquare, "37415100", "3.74E+07", 1), None, "corner.unreadable"),
		row("line of words among the rows", "4", jzdSquare+"以下空白\n", square, "corner.line_ignored"),
	})
	out = append(out, jzdCases("head", []jzdCase{
		head("thirteen cells", "4,6.5,1,甲,面,图,用途,1003,图斑,地类,1,2,备,@\n"+jzdSquare, eightFields+"|图斑类型|地类|改造前等别|改造后等别|备注", first+"|图幅号=图|地块用途=用途|地类编码=1003|图斑类型=图斑|地类=地类|改造前等别=1|改造后等别=2|备注=备"),
		head("twelve cells", "4,6.5,1,甲,面,,,,图斑,地类,1,2,@\n"+jzdSquare, eightFields+"|图斑类型|地类|改造前等别|改造后等别", first+"|图斑类型=图斑|地类=地类|改造前等别=1|改造后等别=2"),
		head("no comma before the mark", "4,6.5,1,甲,面,,,0602@\n"+jzdSquare, eightFields, first+"|地类编码=0602"),
		head("mark and commas of full width", "4，6.5，1，甲，面，，，0602，＠\n"+jzdSquare, eightFields, first+"|地类编码=0602"),
		head("area with its unit", "4,0.7655公顷,1,甲,面,,,,@\n"+jzdSquare, eightFields, "界址点数=4|地块面积=0.7655公顷|地块编号=1|地块名称=甲|图形属性=面"),
		head("first cell empty", ",6.5,1,甲,面,,,,@\n"+jzdSquare, eightFields, "地块面积=6.5|地块编号=1|地块名称=甲|图形属性=面"),
		{odd: "one head for two parcels", content: jzdHead + "4,6.5,1,甲,面,,,,@\n" + jzdSquare + "4,6.5,1,甲,面,,,,@\n" + jzdSquare, shapes: []string{square, square}, values: []string{first}},
		{odd: "line", content: jzdHead + "2,0,1,路,线,,,,@\n1,1,4450000,37415000\n2,1,4450000,37415100\n", shapes: []string{Other("MultiLineString", 2)}, values: []string{"界址点数=2|地块面积=0|地块编号=1|地块名称=路|图形属性=线"}},
		{odd: "point", content: jzdHead + "1,0,1,井,点,,,,@\n1,1,4450000,37415000\n", shapes: []string{Other("MultiPoint", 1)}, values: []string{"界址点数=1|地块面积=0|地块编号=1|地块名称=井|图形属性=点"}},
		{odd: "points without a head", content: jzdHead + jzdSquare, fields: "|", shapes: []string{square}, values: []string{""}, codes: []string{"jzd.head_missing"}},
	})...)
	out = append(out, jzdCases("text", []jzdCase{
		text("GBK", gbk(body), "GB18030 (content)"),
		text("UTF-8 behind a byte order mark", "\xEF\xBB\xBF"+body, ""),
		text("UTF-16", utf16(body), "UTF-16 (content)"),
		text("lines of Windows", strings.ReplaceAll(body, "\n", "\r\n"), ""),
		text("lines of the old Mac", strings.ReplaceAll(body, "\n", "\r"), ""),
		text("mark of the end as DOS has it", body+"\x1a", ""),
		text("brackets of full width", strings.NewReplacer("[", "【", "]", "】").Replace(body), ""),
		text("blanks before the heads", strings.ReplaceAll(body, "[", "\u3000 ["), ""),
		text("further sections before", "[项目信息]\n项目编号=\n[扩展信息]\n"+body, ""),
		text("equals of full width", strings.ReplaceAll(jzdHead, "=", "＝")+parcel("4", jzdSquare), ""),
	})...)
	inUTF8, inGBK := called(out[0].Want.Layers[0], "乙"), called(out[0].Want.Layers[0], "甲")
	inGBK.Encoding = "GB18030 (content)"
	return append(out,
		Case{Name: "jzd/head/no-parcel", Odd: "a head and no parcel", Make: made("a.txt", jzdHead), Want: refused("jzd.no_parcel")},
		Case{
			Name: "jzd/text/two-in-a-zip", Odd: "two texts with Chinese names in a zip", GDAL: noDriver, Make: zipped("a.zip", "甲.txt", gbk(body), "乙.TXT", body),
			Want: of(inGBK, inUTF8),
		},
	)
}

// boundaryReferences are heads that say the system, in part, wrongly, or not.
func boundaryReferences() []Case {
	set := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(jzdHead) }
	zone := func(z string) string { return strings.ReplaceAll(jzdSquare, "374", z+"4") }
	bare := zone("")
	square := Polygon(1, 1, 10000)
	var cases []jzdCase
	for _, c := range []struct {
		odd, head, rows, reference string
		codes                      []string
	}{
		{"eastings without the zone", jzdHead, bare, "EPSG:4546 (jzd)", nil},
		{"zone 36", set("带号=37", "带号=36"), zone("36"), "EPSG:4524 (jzd)", nil},
		{"six degrees", set("几度分带=3", "几度分带=6", "带号=37", "带号=19"), zone("19"), "EPSG:4497 (jzd)", nil},
		{"Xian 1980", set("2000国家", "1980西安"), jzdSquare, "EPSG:2361 (jzd)", nil},
		{"Beijing 1954", set("2000国家大地坐标系", "北京54坐标系"), jzdSquare, "EPSG:2413 (jzd)", nil},
		{"meridian for the zone", set("带号=37", "中央子午线=111"), bare, "EPSG:4546 (jzd)", nil},
		{"no zone, eastings have it", set("带号=37\n", "带号=\n"), jzdSquare, ref37, []string{"jzd.zone_by_prefix"}},
		{"no zone anywhere", set("带号=37\n", ""), bare, "none (jzd)", []string{"jzd.reference_incomplete"}},
		{"no datum", set("坐标系=2000国家大地坐标系\n", ""), jzdSquare, "none (jzd)", []string{"jzd.reference_incomplete"}},
		// The sample that circulates says 38 in its head and 39 in its rows.
		{"head of zone 38 over eastings of 39", set("带号=37", "带号=38"), zone("39"), "none (jzd)", []string{"jzd.zone_conflict"}},
		// 38,057,383 is 557,383 m east of the meridian of zone 37: 100 by 100.
		{"eastings beyond the million", jzdHead, "1,1,4450000,38057383\n2,1,4450000,38057483\n3,1,4450100,38057483\n4,1,4450100,38057383\n", ref37, []string{"jzd.zone_spill"}},
		{"width against zone", set("几度分带=3", "几度分带=6"), jzdSquare, "none (jzd)", []string{"jzd.width_conflict"}},
		{"X and Y swapped", jzdHead, "1,1,37415000,4450000\n2,1,37415000,4450100\n3,1,37415100,4450100\n4,1,37415100,4450000\n", ref37, []string{"jzd.axes_doubtful"}},
		{"parameters of a shift", set("转换参数=,,,,,,", "转换参数=-12.5,3,0,0,0,0,1"), jzdSquare, ref37, []string{"jzd.shift_present"}},
		{"two heads of two zones", jzdHead + "[属性描述]\n带号=36\n[地块坐标]\n", jzdSquare, "none (jzd)", []string{"jzd.properties_differ"}},
	} {
		cases = append(cases, jzdCase{odd: c.odd, content: c.head + parcel("4", c.rows), shapes: []string{square}, values: counted("4"), reference: c.reference, codes: c.codes})
	}
	return jzdCases("reference", cases)
}

// cornerTables are 拐点坐标 tables: the square of 1,000 by 1,000 m in every order
// of columns, and what cannot be told.
func cornerTables() []Case {
	const noTable = "GDAL takes a .csv for a table without geometry, and a .txt for nothing."
	square := Polygon(1, 1, 1000000)
	// A triangle of 0.0125° by 0.02°: 0.000125 square degrees.
	triangle := Polygon(1, 1, 0.000125)
	var out []Case
	for _, c := range []struct {
		odd, file, content string
		shapes             []string
		values             []string
		fields             []string
		encoding           string
		codes              []string
	}{
		{"X north, Y east", "a.csv", "点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n4,4450000,37416000\n", []string{square}, nil, nil, "", nil},
		{"closing row, full-width commas, byte order mark", "a.csv", "\uFEFF拐点编号，Ｘ坐标（ｍ），Ｙ坐标（ｍ）\r\nJ1，4450000，37415000\r\nJ2，4451000，37415000\r\nJ3，4451000，37416000\r\nJ4，4450000，37416000\r\nJ1，4450000，37415000\r\n", []string{square}, nil, nil, "", nil},
		{"east before north by words, tabs", "a.txt", "序号\t横坐标X\t纵坐标Y\n1\t37415000\t4450000\n2\t37415000\t4451000\n3\t37416000\t4451000\n4\t37416000\t4450000\n", []string{square}, nil, nil, "", nil},
		{"semicolons and further columns", "a.csv", "编号;Y;X;标高;备注\n1;37415000;4450000;1200;a\n2;37415000;4451000;1200;\n3;37416000;4451000;1200;\n4;37416000;4450000;1200;\n", []string{square}, nil, nil, "", []string{"corner.column_ignored", "corner.column_ignored"}},
		{"no head, order told by size", "a.txt", "某煤矿拐点坐标\n1  4450000  37415000\n2  4451000  37415000\n3  4451000  37416000\n4  4450000  37416000\n", []string{square}, nil, nil, "", []string{"corner.line_ignored", "corner.axes_by_magnitude"}},
		{"head against the size of the numbers", "a.csv", "点号,X,Y\n1,415000,4450000\n2,415000,4451000\n3,416000,4451000\n4,416000,4450000\n", []string{square}, nil, nil, "", []string{"corner.axes_doubtful"}},
		{"GBK", "a.csv", gbk("点号,纵坐标,横坐标\n1,4450000,37415000\n2,4451000,37415000\n3,4451000,37416000\n4,4450000,37416000\n"), []string{square}, nil, nil, "GB18030 (content)", nil},
		{"two groups of columns side by side", "a.csv", "点号,X,Y,点号,X,Y\n1,4450000,37415000,3,4451000,37416000\n2,4451000,37415000,4,4450000,37416000\n", []string{square}, nil, nil, "", []string{"corner.side_by_side"}},
		// 100 by 100 less a triangle 60 by 60.
		{"hole by its ring number", "a.csv", "点号,圈号,X,Y\n1,1,4450000,37415000\n2,1,4450100,37415000\n3,1,4450100,37415100\n4,1,4450000,37415100\n1,2,4450020,37415020\n2,2,4450080,37415020\n3,2,4450080,37415080\n", []string{Polygon(1, 2, 8200)}, nil, nil, "", nil},
		{"parcels by their names", "a.csv", "地块名称,点号,X,Y\n西区,1,4450000,37415000\n,2,4450100,37415000\n,3,4450100,37415100\n东区,1,4450000,37416000\n,2,4450100,37416000\n,3,4450100,37416100\n", []string{Polygon(1, 1, 5000), Polygon(1, 1, 5000)}, []string{"地块=西区", "地块=东区"}, []string{"地块 text"}, "", nil},
		{"registration string", "a.txt", "1,4,1,4450000,37415000,2,4451000,37415000,3,4451000,37416000,4,4450000,37416000,1200,900\n", []string{square}, []string{"上标高=1200|下标高=900"}, []string{"上标高 decimal", "下标高 decimal"}, "", nil},
		{"pairs in one line", "a.txt", "4450000,37415000;4451000,37415000;4451000,37416000;4450000,37416000;", []string{square}, nil, nil, "", nil},
		{"degrees, minutes and seconds", "a.csv", "点号,经度,纬度\n1,110°00′27.00″,40°10′48″\n2,110°00′27″,40°12′00″\n3,110°01′12″,40°12′\n", []string{triangle}, nil, nil, "", nil},
		{"degrees with quotation marks and letters", "a.csv", "点号,X,Y\n1,110°0'27.0\"E,40°10'48\"N\n2,110°0'27\"E,40°12'0\"N\n3,110°1'12\"E,40°12'0\"N\n", []string{triangle}, nil, nil, "", nil},
		{"packed degrees", "a.csv", "点号,经度,纬度\n1,1100027.0,401048\n2,1100027,401200\n3,1100112,401200\n", []string{triangle}, nil, nil, "", []string{"corner.packed_by_form"}},
		{"a number missing", "a.csv", "点号,X,Y\n1,4450000,37415000\n2,4451000,37415000\n4,4451000,37416000\n5,4450000,37416000\n", []string{square}, nil, nil, "", []string{"corner.number_jumps"}},
		{"coordinate rounded by a spreadsheet", "a.csv", "点号,X,Y\n1,4450000,37415000\n2,4451000,3.7415E+07\n3,4451000,37416000\n4,4450000,37416000\n", []string{None}, nil, nil, "", []string{"corner.rounded"}},
		{"corner left out", "a.csv", "点号,X,Y\n1,4450000,37415000\n2,4451000,\n3,4451000,37416000\n4,4450000,37416000\n", []string{None}, nil, nil, "", []string{"corner.unreadable"}},
	} {
		l := Layer{Name: "a", Fields: c.fields, Encoding: "UTF-8 (content)", Reference: "none (corner-table)", Rows: []Row{}, Codes: codes(c.codes...)}
		if c.encoding != "" {
			l.Encoding = c.encoding
		}
		for i, s := range c.shapes {
			v := ""
			if c.values != nil {
				v = c.values[i]
			}
			l.Rows = append(l.Rows, Row{Shape: s, Values: v})
		}
		out = append(out, Case{Name: "corner/" + slug(strings.ReplaceAll(c.odd, ",", "")), Odd: c.odd, GDAL: noTable, Make: made(c.file, c.content), Want: of(l)})
	}
	return append(
		out,
		Case{Name: "corner/numbers-of-no-axis", Odd: "numbers that are no coordinates", GDAL: noTable, Make: made("a.csv", "1,12,13\n2,14,15\n3,16,18\n"), Want: refused("file.unknown_format")},
	)
}
