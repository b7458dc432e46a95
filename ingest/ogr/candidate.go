// Package ogr reads what has no reader of its own (file geodatabases, DXF,
// MapInfo) through GDAL's ogr2ogr, where that program is installed. It runs as a
// process of its own on copies under names of ours, with one driver, without a
// shell, network or plug-ins, and within bounds of time, memory and disk; what
// it writes is a GeoPackage, read by package gpkg. Nothing is left behind.
package ogr

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/ingest/archive"
)

// A Kind is a format, by its name to people.
type Kind string

// The formats read through GDAL.
const (
	FileGDB Kind = "FileGDB"
	DXF     Kind = "DXF"
	TAB     Kind = "MapInfo TAB"
	MIF     Kind = "MapInfo MIF"
)

// driver is the one driver that may open the file: all of them together would
// take a file for a VRT by its content, and follow what it refers to.
var driver = map[Kind]string{FileGDB: "OpenFileGDB", DXF: "DXF", TAB: "MapInfo File", MIF: "MapInfo File"}

// A part is one file that is copied, and the name it gets.
type part struct {
	entry *archive.Entry
	name  string
}

// A Candidate is a set of files that GDAL can read together.
type Candidate struct {
	Kind Kind
	// Base is the name without extension, folders kept.
	Base  string
	parts []part
}

// Recognise tells by the first bytes of a file whether it is DXF, TAB or MIF;
// "" is none of them.
func Recognise(head []byte) Kind {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	switch {
	case bytes.HasPrefix(head, []byte("AutoCAD Binary DXF")):
		return DXF
	case bytes.HasPrefix(bytes.ToLower(head), []byte("!table")):
		return TAB
	case mifHead.Match(head):
		return MIF
	case textDXF(head):
		return DXF
	}
	return ""
}

var mifHead = regexp.MustCompile(`(?i)^\s*version\s+\d+\s+charset\s+"`)

// textDXF looks for the pair 0, SECTION at the beginning, comments before it
// passed over.
func textDXF(head []byte) bool {
	lines := bytes.Split(head, []byte("\n"))
	for i := 0; i+1 < len(lines); i += 2 {
		code, value := string(bytes.TrimSpace(lines[i])), string(bytes.TrimSpace(lines[i+1]))
		if code != "999" {
			return code == "0" && value == "SECTION"
		}
	}
	return false
}

// The files of a geodatabase that hold tables; indexes are not needed.
var gdbFile = regexp.MustCompile(`^(a[0-9a-f]{8}\.(gdbtable|gdbtablx|freelist|horizon)|gdb|timestamps)$`)

// Candidates finds what GDAL can read among the files of an archive: folders
// that are geodatabases, and files that recognise takes for one of the kinds.
func Candidates(a *archive.Archive, recognise func(*archive.Entry) (Kind, error)) ([]Candidate, error) {
	var out []Candidate
	folders := map[string]int{}
	for _, e := range a.Entries() {
		folder, file := path.Split(e.Name)
		if file = strings.ToLower(file); gdbFile.MatchString(file) && (strings.HasSuffix(file, ".gdbtable") || strings.HasSuffix(strings.ToLower(folder), ".gdb/")) {
			if _, known := folders[folder]; !known {
				folders[folder] = len(out)
				out = append(out, Candidate{Kind: FileGDB, Base: gdbBase(folder)})
			}
			continue
		}
		switch strings.ToLower(path.Ext(e.Name)) {
		case ".dxf", ".tab", ".mif":
		default:
			continue
		}
		kind, err := recognise(e)
		if err != nil {
			return nil, err
		}
		if kind != "" {
			out = append(out, Single(a, e, kind))
		}
	}
	for folder, i := range folders {
		for _, e := range a.Entries() {
			in, file := path.Split(e.Name)
			if file = strings.ToLower(file); in == folder && gdbFile.MatchString(file) {
				out[i].parts = append(out[i].parts, part{e, "layer.gdb/" + file})
			}
		}
	}
	return out, nil
}

// Single is the candidate of one file that was recognised, whatever it is
// called, with those beside it that belong to it.
func Single(a *archive.Archive, e *archive.Entry, kind Kind) Candidate {
	return Candidate{Kind: kind, Base: archive.Base(e.Name), parts: beside(a, e, kind)}
}

// gdbBase names a geodatabase by its folder; one without a folder has the name
// of its file.
func gdbBase(folder string) string {
	folder = strings.TrimSuffix(folder, "/")
	if strings.EqualFold(path.Ext(folder), ".gdb") {
		return archive.Base(folder)
	}
	return folder
}

// beside are the files that belong to e.
func beside(a *archive.Archive, e *archive.Entry, kind Kind) []part {
	extensions := map[Kind][]string{DXF: {".dxf"}, TAB: {".tab", ".dat", ".map", ".id", ".ind"}, MIF: {".mif", ".mid"}}[kind]
	own := strings.ToLower(path.Ext(e.Name))
	parts := []part{{e, "layer" + extensions[0]}}
	for _, other := range a.Entries() {
		extension := strings.ToLower(path.Ext(other.Name))
		if other != e && extension != own && slices.Contains(extensions, extension) && strings.EqualFold(archive.Base(other.Name), archive.Base(e.Name)) {
			parts = append(parts, part{other, "layer" + extension})
		}
	}
	return parts
}
