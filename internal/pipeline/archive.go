package pipeline

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/ledger"
)

// contentsName is the list of what is in an archive, first in it.
const contentsName = "目录.csv"

// WriteArchive writes the papers that a job made as a zip: in the order of the
// licence numbers, with their list before them. The same papers give the same
// bytes. No more is held than a piece of a file, and the list. ErrNotFound,
// ErrJobNotComplete.
func (p *Pipeline) WriteArchive(ctx context.Context, id int64, w io.Writer) error {
	files, err := p.jobFiles(ctx, id)
	if err != nil {
		return err
	}
	var list bytes.Buffer
	if err := writeContents(&list, files); err != nil {
		return err
	}
	z := zip.NewWriter(w)
	out, err := entry(z, contentsName, int64(list.Len()), crc32.ChecksumIEEE(list.Bytes()))
	if err == nil {
		_, err = list.WriteTo(out)
	}
	for _, f := range files {
		if err != nil {
			break
		}
		if f.Name == "" {
			continue
		}
		if out, err = entry(z, f.Name, f.Bytes, uint32(f.CRC32)); err == nil {
			err = job.Copy(ctx, p.pool, id, f, out)
		}
	}
	if err != nil {
		return fmt.Errorf("archive of job %d: %w", id, err)
	}
	return z.Close()
}

// jobFiles lists what a complete job made.
func (p *Pipeline) jobFiles(ctx context.Context, id int64) ([]job.File, error) {
	j, err := p.Job(ctx, id)
	if err != nil {
		return nil, err
	}
	if j.Status != job.Complete {
		return nil, fmt.Errorf("job %d: %w", id, ErrJobNotComplete)
	}
	return job.Files(ctx, p.pool, id)
}

// What stands at the head of every entry: names are UTF-8, which Windows would
// else take for its own code page; no time but the first that a zip can state.
const (
	utf8Names  = 0x800
	zipVersion = 20
	firstDay   = 1<<5 | 1 // 1980-01-01
)

// entry begins a file of which all is known before: readers that unpack a stream
// need its size and check sum in front of it. It is packed already, and is stored
// as it is.
func entry(z *zip.Writer, name string, size int64, sum uint32) (io.Writer, error) {
	return z.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store, Flags: utf8Names, CreatorVersion: zipVersion, ReaderVersion: zipVersion,
		ModifiedDate: firstDay, //nolint:staticcheck // the one that CreateRaw writes
		CRC32:        sum, CompressedSize64: uint64(size), UncompressedSize64: uint64(size),
	})
}

// writeContents writes the list of what is in an archive, and of what is not.
func writeContents(w io.Writer, files []job.File) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write([]string{"序号", "许可证号", "旗区", "矿山名称", "企业", "文件", "字节", "SHA-256", "说明"}); err != nil {
		return err
	}
	for i, f := range files {
		size, note := strconv.FormatInt(f.Bytes, 10), ""
		if f.Name == "" {
			size, note = "", "未能生成："+f.Error
		}
		line := []string{strconv.Itoa(i + 1), f.LicenceNo, f.CountyCode, f.MineName, f.Enterprise, f.Name, size, f.SHA256, note}
		for j := range line {
			line[j] = ledger.NotAFormula(line[j])
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// result reads what a job of a kind left that was done as a whole.
func (p *Pipeline) result(ctx context.Context, id int64, kind string, into any) error {
	_, content, err := p.wholeFile(ctx, id, kind)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}

// wholeFile is the file of a job of a kind that was done as a whole.
func (p *Pipeline) wholeFile(ctx context.Context, id int64, kind string) (name string, content []byte, err error) {
	j, err := p.Job(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if j.Kind != kind {
		return "", nil, fmt.Errorf("job %d is %s: %w", id, j.Kind, ErrNotFound)
	}
	files, err := p.jobFiles(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if len(files) != 1 {
		return "", nil, fmt.Errorf("job %d has %d files", id, len(files))
	}
	var b bytes.Buffer
	err = job.Copy(ctx, p.pool, id, files[0], &b)
	return files[0].Name, b.Bytes(), jobError(err)
}
