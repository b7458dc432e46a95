package ingest

import (
	"context"

	"github.com/taohe-gis/taohe/internal/pg"
)

// Why a dataset failed: what stands in its Error. The file has nothing to do
// with it, and nothing of it is stored.
const (
	FailureInternal    = "internal error"
	FailureCancelled   = "cancelled"
	FailureInterrupted = "interrupted" // the program or its database went away
	FailureUnavailable = "database unavailable"
	FailureStorageFull = "storage full"
)

// failureOf names the trouble that ended a load.
func failureOf(ctx context.Context, err error) string {
	switch {
	case ctx.Err() != nil:
		return FailureCancelled
	case pg.StorageFull(err):
		return FailureStorageFull
	case pg.Unavailable(err):
		return FailureUnavailable
	}
	return FailureInternal
}

// FailureChinese says in the words of the clerk why a dataset failed and what to
// do next; empty for a text that is no failure.
func FailureChinese(failure string) string {
	switch failure {
	case FailureInternal:
		return "系统内部错误，已记入日志，没有保存任何数据。请重新上传；如再次出现，请告知管理员。"
	case FailureCancelled:
		return "读取已取消，没有保存任何数据。需要时请重新上传。"
	case FailureInterrupted:
		return "读取时程序或数据库中断，没有保存任何数据。请重新上传。"
	case FailureUnavailable:
		return "读取时数据库停止响应，没有保存任何数据。请稍后重新上传；如再次出现，请管理员检查数据库。"
	case FailureStorageFull:
		return "磁盘已满，没有保存任何数据。请管理员清理或扩大数据库和临时文件所在的磁盘，然后重新上传。"
	}
	return ""
}
