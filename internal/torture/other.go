package torture

import (
	"fmt"
	"strings"
)

// throughGDAL are files that are read through GDAL's ogr2ogr. What the
// conversion itself makes of them GDAL cannot be a second opinion on.
func throughGDAL() []Case {
	pair := func(code int, value any) string { return fmt.Sprintf("%d\n%v\n", code, value) }
	polyline := func(layer string, closed int) string {
		return pair(0, "LWPOLYLINE") + pair(8, layer) + pair(90, 3) + pair(70, closed) +
			pair(10, "37415000.0") + pair(20, "4450000.0") + pair(10, "37415100.0") + pair(20, "4450000.0") + pair(10, "37415100.0") + pair(20, "4450100.0")
	}
	drawing := func(entities ...string) string {
		return pair(999, "made") + pair(0, "SECTION") + pair(2, "ENTITIES") + strings.Join(entities, "") + pair(0, "ENDSEC") + pair(0, "EOF")
	}
	mif := "Version 300\nCharset \"WindowsSimpChinese\"\nDelimiter \",\"\nCoordSys NonEarth Units \"m\" Bounds (37400000, 4400000) (37500000, 4500000)\n" +
		"Columns 1\n  " + gbk("名称") + " Char(20)\nData\n\nRegion 1\n  4\n37415000 4450000\n37415100 4450000\n37415100 4450100\n37415000 4450100\n"
	mid := "\"" + gbk("张三") + "\"\n"
	dxfFields := []string{"ogr_fid integer", "Layer text", "PaperSpace logical", "SubClasses text", "Linetype text", "EntityHandle text", "Text text"}
	dxf := func(rows ...Row) Layer {
		return Layer{Name: "a", Fields: dxfFields, Encoding: utf8Fixed, Reference: "none (ogr)", Rows: rows, Codes: codes("ogr.converted")}
	}
	outline := func(l Layer) Layer { l.Codes = codes("ogr.converted", "dxf.outline"); return l }
	triangle := Row{Shape: Polygon(1, 1, 5000), Values: "ogr_fid=1|Layer=采矿权"}
	named := Layer{Name: "a", Fields: []string{"ogr_fid integer", "名称 text"}, Encoding: utf8Fixed, Reference: "WKT Nonearth (ogr)", Rows: []Row{{Shape: Polygon(1, 1, 10000), Values: "ogr_fid=1|名称=张三"}}, Codes: codes("ogr.converted")}
	const lines = "GDAL has a closed line of a drawing as a line; here it is a polygon, with a remark."
	return []Case{
		{Name: "ogr/dxf/closed-line-utf8", Odd: "a drawing with a closed line, UTF-8", Through: true, GDAL: lines, Make: made("a.dxf", drawing(polyline("采矿权", 1))), Want: of(outline(dxf(triangle)))},
		{Name: "ogr/dxf/closed-line-gbk", Odd: "a drawing with a closed line, GBK", Through: true, GDAL: lines, Make: made("a.dxf", drawing(polyline(gbk("采矿权"), 1))), Want: of(outline(dxf(triangle)))},
		{Name: "ogr/dxf/open-line", Odd: "a drawing with an open line", Through: true, Make: made("a.dxf", drawing(polyline("0", 0))), Want: of(dxf(Row{Shape: Other("LineString", 3), Values: "ogr_fid=1|Layer=0"})), GDAL: gdalKey},
		{Name: "ogr/dxf/in-a-zip", Odd: "a drawing in a folder of a zip", Through: true, GDAL: lines, Make: zipped("a.zip", "图/a.dxf", drawing(polyline("采矿权", 1))), Want: of(outline(dxf(triangle)))},
		{Name: "ogr/mif/gbk", Odd: "MapInfo exchange in GBK, its parts in other letters", Through: true, Make: made("a.mif", mif, "a.MID", mid), Want: of(named), GDAL: gdalKey},
		{Name: "ogr/mif/in-a-zip", Odd: "MapInfo exchange in a zip", Through: true, Make: zipped("a.zip", "a.mif", mif, "a.mid", mid), Want: of(named), GDAL: gdalKey},
		{Name: "ogr/mif/nothing-behind-the-head", Odd: "MapInfo exchange that ends with its head", Through: true, Make: made("a.mif", "Version 300\nCharset \"Neutral\"\n"), Want: refused("ogr.failed")},
		{Name: "ogr/tab/of-other-tables", Odd: "a .tab that is made of other tables", Through: true, Make: made("a.tab", "!table\n!version 300\nDefinition Table\n  Type NATIVE Charset \"Neutral\"\n  Fields 1\n    Table Char (100) ;\nbegin_metadata\n\"\\IsSeamless\" = \"TRUE\"\nend_metadata\n"), Want: refused("ogr.refers_elsewhere")},
		{Name: "ogr/tab/of-a-database", Odd: "a .tab that is a link to a database", Through: true, Make: made("a.tab", "!table\n!version 300\nDefinition Table\n  Type LINKED\n"), Want: refused("ogr.refers_elsewhere")},
		{Name: "ogr/gdb/empty-tables", Odd: "a geodatabase whose tables are empty files", Through: true, Open: "一张图.gdb", Make: made("一张图.gdb/a00000001.gdbtable", "", "一张图.gdb/a00000001.gdbtablx", "", "一张图.gdb/gdb", "x"), Want: refused("ogr.failed")},
	}
}

// others are what is no layer, or no file that can be read.
func others() []Case {
	refuse := func(odd, file string, content any, code string) Case {
		return Case{Name: "other/" + slug(odd), Odd: odd, Make: made(file, content), Want: refused(code)}
	}
	vrt := `<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`
	return []Case{
		refuse("empty file", "a.zip", "", "file.empty"),
		refuse("empty file called geojson", "a.geojson", "", "file.empty"),
		refuse("text called zip", "a.zip", "hello", "file.not_a_zip"),
		refuse("text called kmz", "a.kmz", "hello", "file.not_a_zip"),
		refuse("RAR", "a.rar", "Rar!\x1a\x07\x01\x00rest", "file.archive_kind"),
		refuse("RAR called zip", "a.zip", "Rar!\x1a\x07\x00rest", "file.archive_kind"),
		refuse("7z", "a.7z", "7z\xbc\xaf\x27\x1c\x00\x04", "file.archive_kind"),
		refuse("layer package of ArcGIS", "a.lpk", "7z\xbc\xaf\x27\x1c\x00\x04", "file.archive_kind"),
		refuse("gzip", "a.tar.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00", "file.archive_kind"),
		refuse("DWG", "a.dwg", "AC1027\x00\x00\x00\x00\x00", "file.dwg"),
		refuse("PNG called shp", "a.shp", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "file.unknown_format"),
		refuse("web page called shp", "a.shp", "<!DOCTYPE html><html><title>404</title></html>", "file.unknown_format"),
		refuse("PDF", "a.pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "file.unknown_format"),
		refuse("document of Word", "a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 600), "file.unknown_format"),
		refuse("prose", "a.txt", "请查收附件。\n联系电话 0477-1234567\n", "file.unknown_format"),
		refuse("zeros", "a.shp", strings.Repeat("\x00", 4096), "file.unknown_format"),
		refuse("VRT that names a file of the server", "a.vrt", vrt, "file.unknown_format"),
		refuse("VRT called a drawing", "a.dxf", vrt, "file.unknown_format"),
		{Name: "other/vrt-in-a-zip", Odd: "VRT called a drawing in a zip", Make: zipped("a.zip", "a.dxf", vrt, "b.vrt", vrt), Want: refused("file.no_layer")},
		{Name: "other/workbook", Odd: "a workbook of Excel", Make: zipped("a.xlsx", "[Content_Types].xml", `<?xml version="1.0"?><Types/>`, "xl/workbook.xml", "<workbook/>"), Want: refused("file.no_layer")},
		{Name: "other/mapgis", Odd: "MapGIS areas in a zip", Make: zipped("a.zip", "图斑.wp", "WMAP\x00\x00", "图斑.wl", "WMAP\x00\x00"), Want: refused("file.no_layer")},
	}
}
