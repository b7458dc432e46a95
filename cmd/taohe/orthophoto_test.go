package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/tiffbytes"
)

// An image is added, listed and dropped by command line; one that is refused is told
// in Chinese, with exit status 2.
func TestOrthophotoCommands(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gdalwarp"); err != nil {
		t.Skip("no GDAL")
	}
	dsn, dir := pgtest.DSN(t), t.TempDir()
	file := func(name string, b []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	image := tiffbytes.Image{Width: 40, Height: 30, EPSG: 4490, West: 109, North: 40.5, Pixel: 0.05}.Bytes()
	good, bad := file("五月.tif", image), file("half.tif", image[:len(image)/2])
	for _, tt := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"county", "add", "159900", "示例旗", "--extent", "109,40,110.75,40.5"}, 0, "已登记"},
		{[]string{"orthophoto", "add", "--county", "159900", "--imaged-on", "2022-05-10", good}, 0, "已保存正射影像 1：五月.tif，40 × 30 像元"},
		{[]string{"orthophoto", "add", "--county", "159900", "--imaged-on", "2022-05-10", bad}, 2, "影像文件不完整"},
		{[]string{"orthophoto", "add", "--county", "159900", "--imaged-on", "May", good}, 2, "日期应写作"},
		{[]string{"orthophoto", "add", "--county", "150621", "--imaged-on", "2022-05-10", good}, 2, "没有登记旗区"},
		{[]string{"orthophoto"}, 0, "2022-05-10"},
		{[]string{"report", "C1", "--format", "png", "--orthophoto", "some"}, 2, ""},
		{[]string{"orthophoto", "drop", "1"}, 0, "正射影像 1 已删除"},
		{[]string{"orthophoto", "drop", "1"}, 2, "没有编号为 1"},
	} {
		var out bytes.Buffer
		if status := run(append(tt.args, "--database-url", dsn), &out, &out); status != tt.status || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%v: status %d, want %d: %s", tt.args, status, tt.status, out.String())
		}
	}
}
