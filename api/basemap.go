package api

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// A BaseMap is tiles of somebody else's that the map in the browser may lie upon. The
// zero value is none.
type BaseMap struct {
	URLs        []string `json:"urls" doc:"瓦片的网址，下面的在前；{z}、{x}、{y} 处填入级、列、行（Web 墨卡托）"`
	Attribution string   `json:"attribution" doc:"图上注明的来源"`
}

// ParseBaseMap reads addresses with {z}, {x} and {y}, each of one host that is written out.
// The key of a base map is part of its address, which every browser gets.
func ParseBaseMap(urls []string, attribution string) (BaseMap, error) {
	for _, text := range urls {
		u, err := url.Parse(text)
		if err != nil {
			return BaseMap{}, err
		}
		whole := strings.Count(text, "{z}") == 1 && strings.Count(text, "{x}") == 1 && strings.Count(text, "{y}") == 1
		// What goes into the policy of the page is a host, and nothing that could end it.
		plain := !strings.ContainsFunc(u.Host, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == ':')
		})
		if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || !plain || u.User != nil || !whole {
			return BaseMap{}, fmt.Errorf("%s：应为 https:// 或 http:// 开头、主机名小写写明、含有 {z}、{x}、{y} 各一次的网址", text)
		}
	}
	return BaseMap{URLs: append([]string{}, urls...), Attribution: attribution}, nil
}

// sites are where its tiles come from.
func (m BaseMap) sites() (out []string) {
	for _, text := range m.URLs {
		if u, err := url.Parse(text); err == nil && !slices.Contains(out, u.Scheme+"://"+u.Host) {
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	return out
}

func (s *service) baseMap(context.Context, *struct{}) (*body[BaseMap], error) {
	return &body[BaseMap]{BaseMap{URLs: append([]string{}, s.BaseMap.URLs...), Attribution: s.BaseMap.Attribution}}, nil
}
