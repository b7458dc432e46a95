package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Accounts and tokens by command: the password from standard input, all of it in the
// audit log, which is whole. No t.Parallel: standard input is the process's.
func TestAccountCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	dir, err := os.MkdirTemp("", "taohe-cmd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	terminal := os.Stdin
	t.Cleanup(func() { os.Stdin = terminal })
	for _, tt := range []struct {
		stdin  string
		args   []string
		status int
		want   string
	}{
		{"", []string{"serve", "--listen", "0.0.0.0:0"}, 2, "taohe account add --admin"},
		{"", []string{"account", "add", "--admin", "王五"}, 2, "没有读到密码"},
		{"too short\n", []string{"account", "add", "--admin", "王五"}, 2, "12 至 128"},
		{"戈壁滩上的两只白色的山羊\n", []string{"account", "add", "--admin", "王五"}, 0, "管理员，全部旗区"},
		{"戈壁滩上的两只白色的山羊", []string{"account", "add", "李四", "--role", "inspector", "--county", "159900"}, 0, "核查，159900"},
		{"", []string{"account", "change", "李四", "--all-counties", "--disable"}, 0, "核查，全部旗区"},
		{"", []string{"account", "change", "赵六", "--enable"}, 2, "没有这个账号"},
		{"", []string{"account"}, 0, "停用"},
		{"", []string{"token", "add", "王五", "程序", "--role", "viewer"}, 0, "taohe_"},
		{"", []string{"token", "revoke", "1"}, 0, "已作废令牌 1"},
		{"", []string{"audit", "--action", "token"}, 0, "token revoke"},
		{"", []string{"verify"}, 0, "操作记录 7 条"},
	} {
		name := filepath.Join(t.TempDir(), "stdin")
		if err := os.WriteFile(name, []byte(tt.stdin), 0o600); err != nil {
			t.Fatal(err)
		}
		if os.Stdin, err = os.Open(name); err != nil {
			t.Fatal(err)
		}
		status, out, errOut := call(t, dir, tt.args...)
		_ = os.Stdin.Close()
		if status != tt.status || !strings.Contains(out+errOut, tt.want) {
			t.Errorf("taohe %s: status %d, want %d\n%s%s", strings.Join(tt.args, " "), status, tt.status, out, errOut)
		}
		if strings.Contains(out+errOut, "山羊") {
			t.Errorf("taohe %s prints the password", strings.Join(tt.args, " "))
		}
	}
}
