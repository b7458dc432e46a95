package ledger

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"
)

// photograph is a JPEG with an EXIF account of it, in either byte order, taken
// at 40°15′30″N 109°45′18″E by a camera that was turned.
func photograph(tb testing.TB, order binary.AppendByteOrder, orientation uint16) []byte {
	tb.Helper()
	u16, u32 := order.AppendUint16, order.AppendUint32
	entry := func(b []byte, tag, kind uint16, count, value uint32) []byte {
		b = u32(u16(u16(b, tag), kind), count)
		if kind == 3 {
			return u16(u16(b, uint16(value)), 0)
		}
		return u32(b, value)
	}
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	t := u32([]byte(mark), 8)
	// Directory at 8: three entries end at 50; Exif directory there, one entry, ends
	// at 68; its text at 68 takes 20; GPS at 88, four entries, ends at 142.
	t = u16(t, 3)
	t = entry(t, tagOrientation, 3, 1, uint32(orientation))
	t = entry(t, tagExifIFD, 4, 1, 50)
	t = entry(t, tagGPSIFD, 4, 1, 88)
	t = u32(t, 0)
	t = u16(t, 1)
	t = entry(t, tagOriginalTime, 2, 20, 68)
	t = u32(t, 0)
	t = append(t, "2022:06:01 09:08:07\x00"...)
	t = u16(t, 4)
	ref := func(tag uint16, letter byte) {
		t = u32(u16(u16(t, tag), 2), 2)
		t = append(t, letter, 0, 0, 0)
	}
	ref(tagLatitudeRef, 'N')
	t = entry(t, tagLatitude, 5, 3, 142)
	ref(tagLongitudeRef, 'E')
	t = entry(t, tagLongitude, 5, 3, 166)
	t = u32(t, 0)
	for _, v := range [][2]uint32{{40, 1}, {15, 1}, {300, 10}, {109, 1}, {45, 1}, {1800, 100}} {
		t = u32(u32(t, v[0]), v[1])
	}
	if len(t) != 190 {
		tb.Fatalf("the account is %d bytes long", len(t))
	}
	// A red and a blue half, larger than a block of JPEG's.
	picture := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			c := color.RGBA{200, 0, 0, 255}
			if x >= 32 {
				c = color.RGBA{0, 0, 200, 255}
			}
			picture.Set(x, y, c)
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture, nil); err != nil {
		tb.Fatal(err)
	}
	segment := append([]byte("Exif\x00\x00"), t...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	out = append(out, segment...)
	return append(out, file.Bytes()[2:]...)
}

func TestReadEXIF(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		x := readEXIF(photograph(t, order, 6))
		if x.orientation != 6 || x.takenAt == nil || x.takenAt.Format("2006-01-02 15:04:05") != "2022-06-01 09:08:07" {
			t.Errorf("%s: orientation %d, taken at %v", name, x.orientation, x.takenAt)
		}
		if x.latitude == nil || math.Abs(*x.latitude-(40+15.0/60+30.0/3600)) > 1e-9 || math.Abs(*x.longitude-(109+45.0/60+18.0/3600)) > 1e-9 {
			t.Errorf("%s: at %v %v", name, x.longitude, x.latitude)
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	if x := readEXIF(plain.Bytes()); x != (exif{orientation: 1}) {
		t.Errorf("a file that says nothing says %+v", x)
	}
}

// Turned by each orientation, the first corner of the picture comes to lie where
// EXIF says: 1 is the top left as stored, 3 turns by half, 6 and 8 by a quarter.
func TestUpright(t *testing.T) {
	t.Parallel()
	in := image.NewGray(image.Rect(0, 0, 3, 2))
	in.SetGray(0, 0, color.Gray{255})
	for orientation, want := range map[int]image.Point{
		1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2},
	} {
		out := upright(in, orientation)
		size := image.Pt(3, 2)
		if orientation >= 5 {
			size = image.Pt(2, 3)
		}
		if out.Bounds().Size() != size {
			t.Errorf("%d: size %v, want %v", orientation, out.Bounds().Size(), size)
		}
		if r, _, _, _ := out.At(want.X, want.Y).RGBA(); r != 0xffff {
			t.Errorf("%d: the corner is not at %v", orientation, want)
		}
	}
}

func FuzzReadEXIF(f *testing.F) {
	f.Add(photograph(f, binary.LittleEndian, 8))
	f.Add(photograph(f, binary.BigEndian, 1))
	f.Fuzz(func(t *testing.T, file []byte) {
		x := readEXIF(file)
		if x.orientation < 1 || x.orientation > 8 || (x.longitude == nil) != (x.latitude == nil) {
			t.Errorf("%+v", x)
		}
	})
}
