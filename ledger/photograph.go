package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // photographs come as PNG too
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/overlay"
)

const (
	// MaxPhotographBytes is the largest photograph taken.
	MaxPhotographBytes = 20 << 20
	// maxPixels bounds what decoding one allocates: 4 bytes each.
	maxPixels = 50_000_000
	// jpegQuality is that of the kept picture.
	jpegQuality = 85
)

// AddPhotograph keeps a photograph of an item: decoded and encoded anew, so that
// nothing but the picture is kept of the file, upright; where and when it was
// taken, as the file says, stands in columns.
type AddPhotograph struct {
	FileName string
	File     []byte
	// FieldCheckNo is the event of the visit it belongs to, 0 for none.
	FieldCheckNo int64
}

func (x AddPhotograph) do(ctx context.Context, d *doing) error {
	var f faults
	if len(x.File) > MaxPhotographBytes {
		f.add("file", "too-large", fmt.Sprintf("照片不能超过 %d MB。", MaxPhotographBytes>>20))
		return f.err()
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(x.File))
	if err != nil || format != "jpeg" && format != "png" {
		f.add("file", "not-a-photograph", "只接受 JPEG 或 PNG 照片。")
		return f.err()
	}
	if config.Width*config.Height > maxPixels {
		f.add("file", "too-large", fmt.Sprintf("照片不能超过 %d 万像素。", maxPixels/10_000))
		return f.err()
	}
	picture, _, err := image.Decode(bytes.NewReader(x.File))
	if err != nil {
		f.add("file", "not-a-photograph", "照片文件已损坏，无法打开。")
		return f.err()
	}
	if x.FieldCheckNo != 0 {
		visits, err := collect[Visit](ctx, d.tx, sqlVisits, pgx.StrictNamedArgs{"item_id": d.item.ID})
		if err != nil {
			return err
		}
		known := false
		for _, v := range visits {
			known = known || v.EventNo == x.FieldCheckNo
		}
		if !known {
			f.add("field_check", "no-such-check", "这个问题没有这次核查。")
			return f.err()
		}
	}
	said := readEXIF(x.File)
	picture = upright(picture, said.orientation)
	var kept bytes.Buffer
	if err := jpeg.Encode(&kept, picture, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return fmt.Errorf("photograph: %w", err)
	}
	sum := sha256.Sum256(x.File)
	name := strings.ToValidUTF8(strings.ReplaceAll(x.FileName, "\x00", ""), "")
	d.kind, d.put, d.payload = "photographed", sqlPutPhotograph, pgx.StrictNamedArgs{"jpeg": kept.Bytes()}
	d.row = map[string]any{
		"field_check_no": nil, "file_name": name, "file_sha256": hex.EncodeToString(sum[:]),
		"width": picture.Bounds().Dx(), "height": picture.Bounds().Dy(), "taken_at": nil, "longitude": said.longitude, "latitude": said.latitude,
	}
	if x.FieldCheckNo != 0 {
		d.row["field_check_no"] = x.FieldCheckNo
	}
	if said.takenAt != nil {
		d.row["taken_at"] = said.takenAt.Format("2006-01-02T15:04:05")
	}
	return nil
}

// upright turns a picture as EXIF says it is to be shown: orientations 5 to 8
// have rows and columns exchanged.
func upright(in image.Image, orientation int) image.Image {
	if orientation == 1 {
		return in
	}
	b := in.Bounds()
	w, h := b.Dx(), b.Dy()
	outW, outH := w, h
	if orientation >= 5 {
		outW, outH = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	for y := range outH {
		for x := range outW {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			out.Set(x, y, in.At(b.Min.X+sx, b.Min.Y+sy))
		}
	}
	return out
}

// JPEG returns the bytes of a photograph of an item, or ErrNotFound.
func JPEG(ctx context.Context, db overlay.Querier, itemID, eventNo int64) ([]byte, error) {
	var b []byte
	err := db.QueryRow(ctx, sqlPhotograph.SQL(), pgx.StrictNamedArgs{"item_id": itemID, "event_no": eventNo}).Scan(&b)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("photograph %d of item %d: %w", eventNo, itemID, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sqlPhotograph.Name(), err)
	}
	return b, nil
}
