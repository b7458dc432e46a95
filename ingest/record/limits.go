package record

import "time"

// This file is the one place of the limits: what a reader takes from a file,
// what an upload and a request may hold, how much is kept and looked at.

// Limits bound what a reader takes from a file. They count bytes and items
// truly read, never what a header says.
type Limits struct {
	MaxBytes     int64 // decompressed bytes of one layer, all its parts
	MaxEntries   int   // entries of an archive
	MaxRatio     int64 // decompressed ÷ compressed bytes of one entry
	MaxVertices  int   // of one geometry
	MaxParts     int   // rings of one geometry
	MaxRows      int
	MaxFields    int
	MaxFieldSize int // bytes of one value
	MaxDepth     int // nesting of a JSON document
}

// DefaultLimits are what an upload may hold unless the operator says otherwise.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes:     4 << 30,
		MaxEntries:   10_000,
		MaxRatio:     500,
		MaxVertices:  10_000_000,
		MaxParts:     1_000_000,
		MaxRows:      20_000_000,
		MaxFields:    1_000,
		MaxFieldSize: 1 << 20,
		MaxDepth:     64,
	}
}

// Limits of what stands around the readers.
const (
	// DefaultMaxUploadBytes is the largest a .shp or .dbf can be; the operator
	// may say otherwise.
	DefaultMaxUploadBytes int64 = 2 << 30
	// MaxRequestBytes bounds a JSON request, MaxFormTextBytes all fields of an upload
	// beside the file (footprints have their place, files do not), MaxFormFields
	// their number, MaxWordBytes a field that is a word or two.
	MaxRequestBytes  = 1 << 20
	MaxFormTextBytes = 8 << 20
	MaxFormFields    = 1000
	MaxWordBytes     = 512
	// MaxGroundBytes bounds a file with a footprint or coverage on the command line.
	MaxGroundBytes = 16 << 20
	// MaxTableBytes bounds a corner table, which is read into memory; a licence has
	// some tens of corners.
	MaxTableBytes = 64 << 20
	// ConvertTimeout and ConvertMemoryBytes bound one conversion by GDAL.
	ConvertTimeout     = 10 * time.Minute
	ConvertMemoryBytes = 4 << 30
	// MaxStoredPerCode caps how many diagnostics of one code are stored with a
	// dataset; all are counted, so that a rotten file cannot fill the disk and the
	// totals stay true.
	MaxStoredPerCode = 1000
	// MaxOverlapPairs bounds the pairs of rows that are held against each other
	// for overlap; a layer of a county has some hundred whose boxes meet.
	MaxOverlapPairs = 200_000
)

// A Limit is one limit as it is shown to people and programs.
type Limit struct {
	Name    string `json:"name"`
	Value   int64  `json:"value"`
	Unit    string `json:"unit" doc:"bytes、seconds、times 或 count"`
	Chinese string `json:"chinese"`
	English string `json:"english"`
}

// The units of limits.
const (
	unitBytes   = "bytes"
	unitSeconds = "seconds"
	unitTimes   = "times"
	unitCount   = "count"
)

// Shown lists every limit, those of l and the others, in a fixed order.
// maxUploadBytes is what the operator set, DefaultMaxUploadBytes where nobody
// did.
func Shown(l Limits, maxUploadBytes int64) []Limit {
	return []Limit{
		{"max_upload_bytes", maxUploadBytes, unitBytes, "一个上传的文件", "one uploaded file"},
		{"max_layer_bytes", l.MaxBytes, unitBytes, "一个图层解压之后（各部分合计）", "one layer, all its parts decompressed"},
		{"max_entries", int64(l.MaxEntries), unitCount, "压缩包内的条目", "entries of an archive"},
		{"max_ratio", l.MaxRatio, unitTimes, "一个条目解压后与压缩时大小之比", "decompressed against compressed bytes of one entry"},
		{"max_vertices", int64(l.MaxVertices), unitCount, "一个图形的顶点", "corners of one geometry"},
		{"max_rings", int64(l.MaxParts), unitCount, "一个图形的环", "rings of one geometry"},
		{"max_rows", int64(l.MaxRows), unitCount, "一个图层的行", "rows of one layer"},
		{"max_fields", int64(l.MaxFields), unitCount, "一个图层的字段", "fields of one layer"},
		{"max_value_bytes", int64(l.MaxFieldSize), unitBytes, "一个字段的值", "one value"},
		{"max_depth", int64(l.MaxDepth), unitCount, "JSON、XML 的嵌套层数", "nesting of a document"},
		{"max_table_bytes", MaxTableBytes, unitBytes, "一个拐点坐标表", "one corner table"},
		{"convert_seconds", int64(ConvertTimeout / time.Second), unitSeconds, "GDAL 转换一个文件的时间", "one conversion by GDAL"},
		{"convert_memory_bytes", ConvertMemoryBytes, unitBytes, "GDAL 转换一个文件的内存", "memory of one conversion by GDAL"},
		{"max_ground_bytes", MaxGroundBytes, unitBytes, "命令行给出的解译范围或覆盖范围文件", "a file of ground on the command line"},
		{"max_form_text_bytes", MaxFormTextBytes, unitBytes, "上传时文件以外各字段合计", "fields of an upload beside the file"},
		{"max_form_fields", MaxFormFields, unitCount, "上传时的字段", "fields of an upload"},
		{"max_word_bytes", MaxWordBytes, unitBytes, "上传时一个简短字段的值", "a short field of an upload"},
		{"max_request_bytes", MaxRequestBytes, unitBytes, "一个 JSON 请求", "a JSON request"},
		{"max_stored_diagnostics", MaxStoredPerCode, unitCount, "每个数据版本每个代码保存的诊断（超出的只计数）", "diagnostics of one code stored with a dataset; more are counted"},
		{"max_overlap_pairs", MaxOverlapPairs, unitCount, "一个图层检查重叠的行对", "pairs of rows looked at for overlap"},
	}
}
