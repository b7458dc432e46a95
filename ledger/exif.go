package ledger

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
)

// exif is what is kept of a photograph's own account of itself.
type exif struct {
	orientation         int // 1 to 8, as EXIF counts them; 1 when not said
	takenAt             *time.Time
	longitude, latitude *float64
}

// The tags that are read (CIPA DC-008, Exif 2.32, §4.6).
const (
	tagOrientation  = 0x0112
	tagDateTime     = 0x0132
	tagExifIFD      = 0x8769
	tagGPSIFD       = 0x8825
	tagOriginalTime = 0x9003
	tagLatitudeRef  = 0x0001
	tagLatitude     = 0x0002
	tagLongitudeRef = 0x0003
	tagLongitude    = 0x0004
)

// exifTime is how EXIF writes times; it names no zone.
const exifTime = "2006:01:02 15:04:05"

// readEXIF reads the account in a JPEG file. What is broken in it says nothing:
// a photograph is evidence without it.
func readEXIF(file []byte) exif {
	x := exif{orientation: 1}
	tiff := exifSegment(file)
	if len(tiff) < 8 {
		return x
	}
	r := tiffReader{data: tiff}
	switch string(tiff[:4]) {
	case "II*\x00":
		r.order = binary.LittleEndian
	case "MM\x00*":
		r.order = binary.BigEndian
	default:
		return x
	}
	main := r.directory(r.order.Uint32(tiff[4:]))
	if o := main[tagOrientation].short(r); o >= 1 && o <= 8 {
		x.orientation = o
	}
	detail := r.directory(main[tagExifIFD].long(r))
	for _, said := range []string{detail[tagOriginalTime].text(r), main[tagDateTime].text(r)} {
		if at, err := time.Parse(exifTime, said); err == nil {
			x.takenAt = &at
			break
		}
	}
	if at := main[tagGPSIFD].long(r); at != 0 {
		gps := r.directory(at)
		latitude, ok := gps[tagLatitude].degrees(r, gps[tagLatitudeRef].text(r), "N", "S")
		longitude, okToo := gps[tagLongitude].degrees(r, gps[tagLongitudeRef].text(r), "E", "W")
		// Cameras without a fix write zeros.
		if ok && okToo && onEarth(longitude, latitude) && (longitude != 0 || latitude != 0) {
			x.longitude, x.latitude = &longitude, &latitude
		}
	}
	return x
}

// exifSegment is the TIFF structure in the APP1 segment of a JPEG file.
func exifSegment(file []byte) []byte {
	for at := 2; at+4 <= len(file) && file[at] == 0xff; {
		marker, size := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(file) { // the picture begins
			return nil
		}
		body := file[at+4 : at+2+size]
		if tiff, found := bytes.CutPrefix(body, []byte("Exif\x00\x00")); marker == 0xe1 && found {
			return tiff
		}
		at += 2 + size
	}
	return nil
}

type tiffReader struct {
	data  []byte
	order binary.ByteOrder
}

// field is an entry of a directory: its type, how many values, and where.
type field struct {
	kind  uint16
	count uint32
	value []byte // four bytes: the value, or where it is
}

func (r tiffReader) directory(at uint32) map[uint16]field {
	out := map[uint16]field{}
	rest := r.from(at, 2)
	if at == 0 || rest == nil {
		return out
	}
	n := int(r.order.Uint16(rest))
	for i := range n {
		e := r.from(at+2+uint32(i)*12, 12)
		if e == nil {
			break
		}
		out[r.order.Uint16(e)] = field{r.order.Uint16(e[2:]), r.order.Uint32(e[4:]), e[8:12]}
	}
	return out
}

// from is size bytes at a place, nil where there are none.
func (r tiffReader) from(at, size uint32) []byte {
	end := uint64(at) + uint64(size)
	if end > uint64(len(r.data)) {
		return nil
	}
	return r.data[at:end]
}

func (f field) short(r tiffReader) int {
	if f.kind != 3 || f.count != 1 {
		return 0
	}
	return int(r.order.Uint16(f.value))
}

func (f field) long(r tiffReader) uint32 {
	if f.kind != 4 || f.count != 1 {
		return 0
	}
	return r.order.Uint32(f.value)
}

func (f field) text(r tiffReader) string {
	if f.kind != 2 || f.count > 64 {
		return ""
	}
	b := f.value
	if f.count > 4 {
		b = r.from(r.order.Uint32(f.value), f.count)
	} else {
		b = b[:f.count]
	}
	return strings.TrimRight(string(b), "\x00 ")
}

// degrees are three rationals: degrees, minutes, seconds.
func (f field) degrees(r tiffReader, ref, positive, negative string) (float64, bool) {
	if f.kind != 5 || f.count != 3 || ref != positive && ref != negative {
		return 0, false
	}
	b := r.from(r.order.Uint32(f.value), 24)
	if b == nil {
		return 0, false
	}
	value, unit := 0.0, 1.0
	for i := range 3 {
		over, under := r.order.Uint32(b[8*i:]), r.order.Uint32(b[8*i+4:])
		if under == 0 {
			return 0, false
		}
		value += float64(over) / float64(under) / unit
		unit *= 60
	}
	if ref == negative {
		value = -value
	}
	return value, true
}
