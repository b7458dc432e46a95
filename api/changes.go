package api

import "context"

// Changes is what the acceptance of a dataset would do to its layer.
type Changes struct {
	BaseID      int64    `json:"base_id" doc:"所接续的已验收版本；0 表示没有"`
	Added       int      `json:"added" doc:"按编号计"`
	Changed     int      `json:"changed"`
	Removed     int      `json:"removed"`
	Same        int      `json:"same"`
	AddedKeys   []string `json:"added_keys" doc:"至多 20 个"`
	ChangedKeys []string `json:"changed_keys"`
	RemovedKeys []string `json:"removed_keys"`
}

func (s *service) datasetChanges(ctx context.Context, in *DatasetPath) (*body[Changes], error) {
	c, err := s.Pipeline.Changes(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[Changes]{Changes{
		BaseID: c.BaseID, Added: c.Added, Changed: c.Changed, Removed: c.Removed, Same: c.Same,
		AddedKeys: c.AddedKeys, ChangedKeys: c.ChangedKeys, RemovedKeys: c.RemovedKeys,
	}}, nil
}
