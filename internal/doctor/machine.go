package doctor

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/report/drawing"
)

// Room that a disk should have, and must have: an upload of the largest size takes
// 2 GB in the spool, and as much again in the database.
const (
	roomWarn = 10 << 30
	roomFail = 1 << 30
)

func (x *examination) disks() {
	for _, what := range slices.Sorted(maps.Keys(x.o.Folders)) {
		dir := x.o.Folders[what]
		var st unix.Statfs_t
		if err := unix.Statfs(dir, &st); err != nil {
			x.say("disk", Warn, fmt.Sprintf("%s %s 看不到：%v", what, dir, err), "还没有启动过服务时属正常；否则请检查路径与权限。")
			continue
		}
		free := int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // of another type on other systems
		level := when(free < roomWarn, Warn)
		if free < roomFail {
			level = Fail
		}
		x.say("disk", level, fmt.Sprintf("%s %s 余 %s", what, dir, size(free)), "请清理或扩大这块磁盘。磁盘满时不会损坏数据，但不能再导入与套合。")
	}
}

// programs looks for what is asked for help: fonts, GDAL, LibreOffice.
func (x *examination) programs(ctx context.Context) {
	font, err := drawing.FindFont(x.o.Font, drawing.Places)
	if err != nil {
		x.say("font", Fail, "没有可用的中文字体："+err.Error(), "不能出图。请安装思源黑体（Debian：fonts-noto-cjk），或用 --font 写明字体文件。")
	} else {
		x.say("font", OK, "字体 "+font.Path, "")
		_ = font.Close() // it was only read
	}
	x.program(ctx, "gdal", ogr.Program, "GDAL", "不能读 FileGDB、DXF、MapInfo，也不能使用正射影像。请安装 gdal-bin。")
	x.program(ctx, "libreoffice", office.Program, "LibreOffice", "不能出 PDF 文书。请安装 "+office.Package+"。")
}

func (x *examination) program(ctx context.Context, code, name, title, next string) {
	path, err := exec.LookPath(name)
	if err != nil {
		x.say(code, Warn, "没有安装 "+title, next)
		return
	}
	asking, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(asking, path, "--version").Output()
	if err != nil {
		x.say(code, Warn, fmt.Sprintf("%s 运行不了：%v", path, err), next)
		return
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	x.say(code, OK, version, "")
}
