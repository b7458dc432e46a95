package api

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"syscall"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/taohe-gis/taohe/ingest/record"
)

// uploadRequest keeps the request for the handler to stream. It declares no
// body: huma would read that into memory whole.
type uploadRequest struct{ ctx huma.Context }

// Resolve implements huma.Resolver.
func (u *uploadRequest) Resolve(ctx huma.Context) []error {
	u.ctx = ctx
	return nil
}

type created[T any] struct {
	Location string `header:"Location" doc:"Where to follow the work"`
	Body     T
}

func (s *service) upload(ctx context.Context, in *uploadRequest) (*created[Dataset], error) {
	r, w := humachi.Unwrap(in.ctx)
	form, err := s.readForm(w, r, &form{fields: formFields})
	if err != nil {
		// The rest of the body is not worth waiting for.
		w.Header().Set("Connection", "close")
		return nil, err
	}
	kept := false
	defer func() {
		if !kept {
			form.file.remove()
		}
	}()
	if err := s.seesCounty(ctx, form.single["county"]); err != nil {
		return nil, err
	}
	upload := form.upload()
	if len(form.faults) > 0 {
		return nil, form.merge(s.Pipeline.CheckImport(ctx, upload))
	}
	id, err := s.Work.StartImport(ctx, upload)
	if err != nil {
		return nil, err
	}
	kept = true
	d, err := s.Pipeline.Dataset(ctx, id)
	if err != nil {
		return nil, err
	}
	return &created[Dataset]{Location: "/v1/datasets/" + strconv.FormatInt(id, 10), Body: s.datasetBody(d)}, nil
}

// form is what an upload carries.
type form struct {
	single   map[string]string
	repeated map[string][]string
	file     *spooled
	faults   faults
	fields   []formField
	// begins looks at the first bytes of the file, where a form has it: with an error
	// the rest is not taken.
	begins func(head []byte) error
}

// formField is a field of the upload form beside the file.
type formField struct {
	name        string
	repeated    bool
	required    bool
	long        bool // may hold a polygon
	description string
}

// formFields is the upload form, as it is read and as the document shows it.
var formFields = []formField{
	{name: "layer", required: true, description: "图层，见 /v1/layers"},
	{name: "county", required: true, description: "六位旗区代码"},
	{name: "vintage", required: true, description: "数据时点，YYYY-MM-DD"},
	{name: "source", description: "林地、草原的来源：forestry 或 land_survey"},
	{name: "crs", description: "坐标系，例如 EPSG:4525；代替文件自己的说明"},
	{name: "fix", description: "确认先前提出的更正，例如 swap、zone=37、crs=EPSG:4525"},
	{name: "shift", long: true, description: "其他基准转换到 CGCS2000 的参数，JSON，见 docs/areas.md"},
	{name: "encoding", description: "文字编码：GBK、GB18030 或 UTF-8；代替文件自己的说明"},
	{name: "mode", description: "replace（默认，整体替换）、add（追加）或 update（按编号更新）"},
	{name: "layer_name", description: "文件中有多个图层时，要读的那一个"},
	{name: "set", repeated: true, description: "字段=固定值，例如 kind=pit；可重复"},
	{name: "map", repeated: true, description: "字段=文件中的列名，例如 licence_no=XKZH；可重复"},
	{name: "footprint", repeated: true, long: true, description: "影像图斑的解译范围：whole-county、日期=whole-county 或 日期={GeoJSON 多边形}；可重复"},
	{name: "coverage", long: true, description: "林地、草原数据的覆盖范围，GeoJSON 多边形；不写即全旗区"},
	{name: "allow_empty", description: "true：允许没有任何图形的文件"},
}

// readForm streams the parts of the request: texts into memory under a bound,
// the file to disk. On error nothing is left on disk.
func (s *service) readForm(w http.ResponseWriter, r *http.Request, f *form) (_ *form, err error) {
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != formType {
		return nil, errMediaType
	}
	if params["boundary"] == "" {
		return nil, errMalformedForm
	}
	limit := s.MaxUploadBytes + record.MaxFormTextBytes
	if r.ContentLength > limit {
		return nil, errTooLarge
	}
	body := &rolling{ReadCloser: http.MaxBytesReader(w, r.Body, limit), c: http.NewResponseController(w), stall: s.StallTimeout}
	defer body.done()
	f.single, f.repeated = map[string]string{}, map[string][]string{}
	defer func() {
		if err != nil {
			f.file.remove()
		}
	}()
	parts := multipart.NewReader(body, params["boundary"])
	texts := int64(record.MaxFormTextBytes)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && n > 0 {
			return f, nil
		}
		if err == nil && n >= record.MaxFormFields {
			err = errTooLarge
		}
		if err == nil && part.FormName() == "file" {
			err = s.readFile(f, part)
		} else if err == nil {
			err = f.readText(part, &texts)
		}
		if err != nil {
			return nil, formProblem(r.Context(), err)
		}
	}
}

func formProblem(ctx context.Context, err error) error {
	var kind kindError
	var refused *ProblemError
	switch {
	case errors.As(err, &refused):
		return err
	case errors.As(err, &kind):
		return kind
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return errNoSpace
	case errors.Is(err, errSpool):
		return err
	}
	return bodyProblem(ctx, err, errMalformedForm)
}

// errSpool marks an error of our disk, which is not the sender's.
var errSpool = errors.New("spool")

func (s *service) readFile(f *form, part *multipart.Part) error {
	if f.file != nil {
		f.faults.add("file", "given-twice", "一次只能上传一个文件。")
		_, err := io.Copy(io.Discard, part)
		return err
	}
	body := bufio.NewReader(part)
	if f.begins != nil {
		head, err := body.Peek(headBytes)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err := f.begins(head); err != nil {
			return err
		}
	}
	in := &sourceError{r: io.LimitReader(body, s.MaxUploadBytes+1)}
	up, err := s.spool.take(part.FileName(), in)
	if err != nil {
		if in.err == nil {
			return errors.Join(errSpool, err)
		}
		return in.err
	}
	f.file = up
	if up.bytes > s.MaxUploadBytes {
		return errTooLarge
	}
	return nil
}

// headBytes is how much of a file a form may look at before the rest is taken.
const headBytes = 16

// sourceError remembers the error of a source, to tell it from that of the disk.
type sourceError struct {
	r   io.Reader
	err error
}

func (s *sourceError) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (f *form) readText(part *multipart.Part, left *int64) error {
	b, err := io.ReadAll(io.LimitReader(part, *left+1))
	if err != nil {
		return err
	}
	if *left -= int64(len(b)); *left < 0 {
		return errTooLarge
	}
	f.put(part.FormName(), string(b))
	return nil
}

func (f *form) put(name, text string) {
	for _, field := range f.fields {
		if field.name != name {
			continue
		}
		switch _, twice := f.single[name]; {
		case !storable(text):
			f.faults.add(name, "bad-text", "内容不是有效的 UTF-8 文字。")
		case !field.long && len(text) > record.MaxWordBytes:
			f.faults.add(name, "out-of-range", "内容过长，不能超过 "+strconv.Itoa(record.MaxWordBytes)+" 字节。")
		case field.repeated:
			f.repeated[name] = append(f.repeated[name], text)
		case twice:
			f.faults.add(name, "given-twice", "这一项只能写一次。")
		default:
			f.single[name] = strings.TrimSpace(text)
		}
		return
	}
	f.faults.add(name, "unknown-field", "没有这一项，请检查拼写。")
}
