package torture

import (
	"fmt"
	"os"
	"path/filepath"
)

// Write writes the files of the case into a folder, which it makes, and returns
// the path of what is to be opened.
func (c Case) Write(folder string) (string, error) {
	files, err := c.Make()
	if err != nil {
		return "", fmt.Errorf("case %s: %w", c.Name, err)
	}
	for _, f := range files {
		name := filepath.Join(folder, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return "", fmt.Errorf("case %s: %w", c.Name, err)
		}
		if err := os.WriteFile(name, f.Content, 0o644); err != nil {
			return "", fmt.Errorf("case %s: %w", c.Name, err)
		}
	}
	return filepath.Join(folder, filepath.FromSlash(c.opened(files))), nil
}

func (c Case) opened(files []File) string {
	if c.Open != "" {
		return c.Open
	}
	return files[0].Name
}
