package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/taohe-gis/taohe/internal/pg"
)

// secretWords are in the names of flags whose values nobody may see.
var secretWords = []string{"password", "secret", "token", "key"}

// printConfig writes what a command would run with, a flag a line.
func printConfig(out io.Writer, k *kong.Context) error {
	for _, f := range k.Flags() {
		if f.Name == "help" || f.Name == "print-config" {
			continue
		}
		value, from := shown(f, k.FlagValue(f)), "默认"
		for _, p := range k.Path {
			if p.Flag == f {
				from = "命令行"
			}
		}
		if from == "默认" {
			for _, name := range f.Envs {
				if _, set := os.LookupEnv(name); set {
					from = "环境变量 " + name
				}
			}
		}
		if _, err := fmt.Fprintf(out, "--%s=%s  （%s）\n", f.Name, value, from); err != nil {
			return err
		}
	}
	return nil
}

// shown is a flag's value without anything secret in it.
func shown(f *kong.Flag, value any) string {
	values := []string{fmt.Sprint(value)}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice {
		values = values[:0]
		for i := range v.Len() {
			values = append(values, fmt.Sprint(v.Index(i).Interface()))
		}
	}
	for i, v := range values {
		switch {
		case v == "":
		case f.Name == "database-url" || f.Name == "replica":
			values[i] = pg.Describe(v)
		case hasWord(f.Name):
			values[i] = "******"
		default:
			values[i] = withoutUser(v)
		}
	}
	return strings.Join(values, ";")
}

// withoutUser takes the name and password out of an address of any kind.
func withoutUser(v string) string {
	u, err := url.Parse(v)
	if err != nil || u.User == nil {
		return v
	}
	return u.Redacted()
}

func hasWord(name string) bool {
	for _, w := range secretWords {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}
