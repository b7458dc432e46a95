package torture

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"

	sb "github.com/taohe-gis/taohe/internal/shpbytes"
)

// shapefileParts are the files a shapefile is made of, missing, renamed, packed
// in every way, and hostile.
func shapefileParts() []Case {
	shp, shx := squares(1), sb.Index(polygonType, squareRecords(1)...)
	table := func(cell string) []byte {
		return tableForm{language: gbkDriver}.table(text("T", 10, gbk(cell)))
	}
	dbf := table("甲")
	one := func(name, value string) Layer {
		return Layer{Name: name, Fields: []string{"T text"}, Encoding: "GB18030 (ldid)", Reference: refPRJ37, Rows: rowsOf("T=" + value)}
	}
	sound := one("a", "甲")
	with := func(l Layer, names ...string) Layer { l.Codes = codes(names...); return l }
	noPRJ := func(l Layer) Layer { l.Reference = "none"; return l }
	parts := func(base string, cell string) []any {
		return []any{base + ".shp", shp, base + ".shx", shx, base + ".dbf", table(cell), base + ".prj", prj37}
	}
	join := func(lists ...[]any) []any {
		var out []any
		for _, l := range lists {
			out = append(out, l...)
		}
		return out
	}
	bomb := bytes.Repeat([]byte{' '}, 32<<20)
	return []Case{
		{Name: "shp/part/loose", Odd: "loose files, the .shp opened", Make: made(parts("a", "甲")...), Want: of(sound)},
		{Name: "shp/part/loose-table", Odd: "loose files, the .dbf opened", Make: made("a.dbf", dbf, "a.shp", shp, "a.shx", shx, "a.prj", prj37), Want: of(sound)},
		{Name: "shp/part/loose-upper-case", Odd: "loose files with extensions in capitals", Make: made("A.SHP", shp, "A.SHX", shx, "A.DBF", dbf, "A.PRJ", prj37), Want: of(one("A", "甲"))},
		{Name: "shp/part/loose-without-table", Odd: "a loose .shp alone", Make: made("a.shp", shp), GDAL: gdalNoIndex, Want: of(Layer{Name: "a", Encoding: "", Reference: "none", Rows: rowsOf(""), Codes: codes("shp.part_missing")})},
		{Name: "shp/part/table-alone", Odd: "a loose .dbf without its .shp", Make: made("a.dbf", dbf), Want: refused("shp.part_missing"), GDAL: "GDAL reads the table as a layer without shapes; nothing can be laid over the ground without them."},
		{Name: "shp/part/no-index", Odd: "no .shx", Make: zipped("a.zip", "a.shp", shp, "a.dbf", dbf, "a.prj", prj37), Want: of(sound), GDAL: gdalNoIndex},
		{Name: "shp/part/no-table", Odd: "no .dbf", Make: zipped("a.zip", "a.shp", shp, "a.shx", shx, "a.prj", prj37), Want: of(Layer{Name: "a", Reference: refPRJ37, Rows: rowsOf(""), Codes: codes("shp.part_missing")})},
		{Name: "shp/part/no-prj", Odd: "no .prj", Make: zipped("a.zip", "a.shp", shp, "a.shx", shx, "a.dbf", dbf), Want: of(noPRJ(sound))},
		{Name: "shp/part/prj-with-byte-order-mark", Odd: "a .prj behind a byte order mark", Make: zipped("a.zip", "a.shp", shp, "a.shx", shx, "a.dbf", dbf, "a.prj", "\xEF\xBB\xBF"+prj37), Want: of(sound)},
		{Name: "shp/part/prj-empty", Odd: "a .prj of blanks", Make: zipped("a.zip", "a.shp", shp, "a.shx", shx, "a.dbf", dbf, "a.prj", " \r\n"), Want: of(noPRJ(sound))},
		{Name: "shp/part/upper-case", Odd: "names in capitals in a zip", Make: zipped("a.zip", "A.SHP", shp, "A.SHX", shx, "A.DBF", dbf, "A.PRJ", prj37), Want: of(one("A", "甲"))},
		{Name: "shp/part/mixed-case", Odd: "each part in another case", Make: zipped("a.zip", "Dltb.shp", shp, "DLTB.shx", shx, "dltb.DBF", dbf, "Dltb.Prj", prj37), Want: of(one("Dltb", "甲")), GDAL: "GDAL finds the parts of the same letters only, and none of the shapes."},
		{Name: "shp/part/parts-of-arcgis", Odd: "the parts that ArcGIS and QGIS add", Make: zipped("a.zip", join(parts("a", "甲"), []any{"a.sbn", "x", "a.sbx", "x", "a.shp.xml", "<metadata/>", "a.qpj", "x", "a.qmd", "<qgis/>"})...), Want: of(sound)},
		{Name: "shp/zip/several-layers", Odd: "three layers in one zip", Make: zipped("a.zip", join(parts("采矿权", "甲"), parts("临时用地", "乙"), parts("图斑", "丙"))...), Want: of(one("采矿权", "甲"), one("临时用地", "乙"), one("图斑", "丙"))},
		{Name: "shp/zip/folders", Odd: "layers of one name in two folders", Make: zipped("a.zip", join(parts("2021/图斑", "甲"), parts("2022/图斑", "乙"))...), Want: of(one("2021/图斑", "甲"), one("2022/图斑", "乙")), GDAL: gdalRoot},
		{Name: "shp/zip/deep-folder", Odd: "a layer deep in folders", Make: zipped("a.zip", parts("达拉特旗/数据/2022/图斑", "甲")...), Want: of(one("图斑", "甲")), GDAL: gdalRoot},
		{Name: "shp/zip/backslashes", Odd: "folders divided by backslashes", Make: zipped("a.zip", parts(`数据\图斑`, "甲")...), Want: of(one("图斑", "甲")), GDAL: gdalRoot},
		{Name: "shp/zip/gbk-names", Odd: "entry names in GBK without a mark", Make: zipped("a.zip", parts(gbk("数据/采矿权"), "甲")...), Want: of(one("采矿权", "甲")), GDAL: "GDAL cannot open an entry whose name is GBK."},
		{Name: "shp/zip/utf8-names-unmarked", Odd: "entry names in UTF-8 without a mark, as macOS writes them", Make: func() ([]File, error) { return unmarked("a.zip", parts("采矿权", "甲")) }, Want: of(one("采矿权", "甲"))},
		{Name: "shp/zip/macos-shadows", Odd: "the shadows that macOS adds", Make: zipped("a.zip", join(parts("a", "甲"), []any{"__MACOSX/._a.shp", "x", "__MACOSX/._a.dbf", "x", "._a.shp", "x", ".DS_Store", "x"})...), Want: of(sound), GDAL: ""},
		{Name: "shp/zip/names-that-climb", Odd: "names that climb out of the folder", Make: zipped("a.zip", parts("../../../etc/passwd", "甲")...), Want: of(one("passwd", "甲")), GDAL: gdalRoot},
		{Name: "shp/zip/absolute-names", Odd: "names that begin at the root", Make: zipped("a.zip", parts("/etc/cron.d/a", "甲")...), Want: of(sound), GDAL: gdalRoot},
		{Name: "shp/zip/entry-twice", Odd: "two entries of one name", Make: zipped("a.zip", join(parts("a", "甲"), []any{"a.dbf", table("乙")})...), Want: of(with(sound, "file.entry_twice"))},
		{Name: "shp/zip/shapefile-beside-rubbish", Odd: "a sound layer beside one of rubbish", Make: zipped("a.zip", join(parts("a", "甲"), []any{"b.shp", "rubbish"})...), Want: of(sound, Layer{Name: "b", Reference: "none", Count: 0, Codes: codes("file.truncated")})},
		{Name: "shp/zip/html-called-shp", Odd: "a web page called .shp", Make: zipped("a.zip", "a.shp", "<!DOCTYPE html><html><head><title>404</title></head><body>"+strings.Repeat("not found ", 20)+"</body></html>"), Want: refused("shp.bad_header")},
		{Name: "shp/zip/cut-off", Odd: "a zip cut off", Make: cutZip(parts("a", "甲")), Want: refused("file.not_a_zip"), GDAL: ""},
		{Name: "shp/zip/checksum", Odd: "a part whose bytes were changed behind its checksum", Make: brokenZip(parts("a", "甲")), Want: of(Layer{Name: "a", Fields: []string{"T text"}, Encoding: "GB18030 (ldid)", Reference: refPRJ37, Rows: rowsOf("T=甲"), Codes: codes("file.damaged")}), GDAL: ""},
		{Name: "shp/zip/encrypted", Odd: "a zip under a password", Make: encryptedZip(parts("a", "甲")), Want: refused("file.encrypted")},
		{Name: "shp/zip/zip-of-zips", Odd: "zips in a zip", Make: zipped("a.zip", "a1.zip", "PK\x05\x06"+strings.Repeat("\x00", 18), "b.zip", "PK\x05\x06"+strings.Repeat("\x00", 18)), Want: refused("file.no_layer")},
		{Name: "shp/zip/empty", Odd: "a zip of nothing", Make: zipped("a.zip"), Want: refused("file.no_layer")},
		{Name: "shp/zip/readme-only", Odd: "a zip of documents", Make: zipped("a.zip", "说明.txt", "请查收。", "报告.docx", "PK", "图.png", "\x89PNG\r\n\x1a\n"), Want: refused("file.no_layer")},
		{Name: "shp/zip/ten-thousand-entries", Odd: "more entries than the limit", Make: manyEntries, Want: refused("file.limit")},
		{Name: "shp/bomb/table", Odd: "a table of 32 MB of blanks in 32 KB", Make: zipped("a.zip", "a.shp", shp, "a.shx", shx, "a.prj", prj37, "a.dbf", sb.Join(sb.TableHead(3, 0, 4_000_000, 0, sb.Field{Name: "T", Kind: 'C', Width: 10}), bomb)), Want: of(Layer{Name: "a", Fields: []string{"T text"}, Encoding: "UTF-8 (content)", Reference: refPRJ37, Rows: rowsOf(""), Codes: codes("file.limit")}), GDAL: ""},
		{Name: "shp/bomb/prj", Odd: "a .prj of 32 MB", Make: zipped("a.zip", "a.shp", shp, "a.shx", shx, "a.dbf", dbf, "a.prj", sb.Join([]byte(prj37), bomb)), Want: of(with(noPRJ(sound), "shp.sidecar_unread"))},
		{Name: "shp/bomb/cpg", Odd: "a .cpg of 32 MB", Make: zipped("a.zip", "a.shp", shp, "a.shx", shx, "a.dbf", dbf, "a.prj", prj37, "a.cpg", bomb), Want: of(with(sound, "shp.sidecar_unread", "text.cpg_unknown")), GDAL: "GDAL takes the 32 MB for the name of an encoding and hands over no text."},
		{Name: "shp/bomb/index", Odd: "a .shx of 32 MB", Make: zipped("a.zip", "a.shp", shp, "a.shx", sb.Join(shx, bomb), "a.dbf", dbf, "a.prj", prj37), Want: of(with(sound, "shp.index_ignored"))},
	}
}

// unmarked is a zip whose names are UTF-8 and do not say so.
func unmarked(name string, pairs []any) ([]File, error) {
	files, err := filesOf(pairs)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		out, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: epoch, NonUTF8: true})
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(f.Content); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return []File{{name, b.Bytes()}}, err
}

// changed is a.zip of the entries after an edit of its bytes.
func changed(pairs []any, edit func([]byte) ([]byte, error)) func() ([]File, error) {
	return func() ([]File, error) {
		files, err := zipped("a.zip", pairs...)()
		if err == nil {
			files[0].Content, err = edit(files[0].Content)
		}
		return files, err
	}
}

func cutZip(pairs []any) func() ([]File, error) {
	return changed(pairs, func(b []byte) ([]byte, error) { return b[:len(b)/2], nil })
}

// brokenZip changes the checksum of the first entry, the .shp, in the directory.
func brokenZip(pairs []any) func() ([]File, error) {
	return changed(pairs, func(b []byte) ([]byte, error) {
		at := bytes.Index(b, []byte("PK\x01\x02"))
		if at < 0 {
			return nil, fmt.Errorf("no directory in the zip")
		}
		b[at+16] ^= 0xff
		return b, nil
	})
}

// encryptedZip is a.zip as one under a password is: every entry is marked, and
// its bytes are scrambled, behind the twelve of the key.
func encryptedZip(pairs []any) func() ([]File, error) {
	return func() ([]File, error) {
		files, err := filesOf(pairs)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, f := range files {
			content := append(make([]byte, 12), f.Content...)
			for i := range content {
				content[i] ^= byte(90 + 7*i)
			}
			out, err := w.CreateRaw(&zip.FileHeader{
				Name: f.Name, Method: zip.Deflate, Modified: epoch, Flags: 1,
				CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(f.Content)),
			})
			if err != nil {
				return nil, err
			}
			if _, err := out.Write(content); err != nil {
				return nil, err
			}
		}
		err = w.Close()
		return []File{{"a.zip", b.Bytes()}}, err
	}
}

func manyEntries() ([]File, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 10_001 {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d.txt", i), Method: zip.Store, Modified: epoch}); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return []File{{"a.zip", b.Bytes()}}, err
}
