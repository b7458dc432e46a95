package ogc

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

var errNoKey = errors.New("not a key of the collection")

// parseID takes the name of a feature apart into the values of its key.
func (c *collection) parseID(id string) ([]any, error) {
	parts := strings.SplitN(id, "-", len(c.key))
	if len(parts) < len(c.key) {
		return nil, errNoKey
	}
	var key []any
	for i, k := range c.key {
		bits := map[string]int{"bigint": 64, "integer": 32}[k.sqlType]
		if bits == 0 {
			key = append(key, parts[i])
			continue
		}
		n, err := strconv.ParseInt(parts[i], 10, bits)
		if err != nil || strconv.FormatInt(n, 10) != parts[i] {
			return nil, errNoKey
		}
		key = append(key, n)
	}
	return key, nil
}

// pageKeys are the arguments that name the features of a page.
func (c *collection) pageKeys(ids []string) (pgx.StrictNamedArgs, error) {
	args := pgx.StrictNamedArgs{}
	for i := range c.key {
		values := make([]any, len(ids))
		for j, id := range ids {
			key, err := c.parseID(id)
			if err != nil {
				return nil, err
			}
			values[j] = key[i]
		}
		args[fmt.Sprintf("keys_%d", i+1)] = values
	}
	return args, nil
}

// only are the arguments of the collection's statement, of a layer with those
// versions alone that are wanted: others would be looked through in vain.
func (c *collection) only(s snapshot, wanted func(dataset int64) bool) pgx.StrictNamedArgs {
	all, isLayer := s.rows["datasets"].([]int64)
	if !isLayer {
		return s.rows
	}
	some := slices.DeleteFunc(slices.Clone(all), func(id int64) bool { return !wanted(id) })
	return pgx.StrictNamedArgs{"datasets": some}
}

// A cursor is where a page begins: behind a feature, in what the collection
// was at a time.
type cursor struct {
	at time.Time
	id string
}

func (c cursor) isZero() bool { return c.id == "" }

// String is the cursor in an address.
func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.at.UnixMicro(), 10) + " " + c.id))
}

func (c *collection) parseCursor(s string) (cursor, error) {
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return cursor{}, err
	}
	at, id, _ := strings.Cut(string(text), " ")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil || micros < 0 || micros > 1<<53 {
		return cursor{}, errNoKey
	}
	_, err = c.parseID(id)
	return cursor{time.UnixMicro(micros), id}, err
}

// afterKey are the arguments that say where a page begins.
func (c *collection) afterKey(at cursor) (pgx.StrictNamedArgs, error) {
	args := pgx.StrictNamedArgs{"resumed": !at.isZero()}
	key := make([]any, len(c.key))
	if !at.isZero() {
		var err error
		if key, err = c.parseID(at.id); err != nil {
			return nil, err
		}
	}
	for i, v := range key {
		args[fmt.Sprintf("after_%d", i+1)] = v
	}
	return args, nil
}
