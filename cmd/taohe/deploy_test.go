package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const deployFolder = "../../deploy"

func deployFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(deployFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What the files of a deployment, and the page about it, set is what the program
// reads; the commands they give are those it has.
func TestDeploymentSpeaksOfThisProgram(t *testing.T) {
	t.Parallel()
	var help bytes.Buffer
	if status := run([]string{"serve", "--help"}, &help, &help); status != 0 {
		t.Fatal(help.String())
	}
	known := regexp.MustCompile(`\$(TAOHE_[A-Z_]+|DATABASE_URL)`)
	var variables []string
	for _, m := range known.FindAllStringSubmatch(help.String(), -1) {
		variables = append(variables, m[1])
	}
	if len(variables) < 10 {
		t.Fatalf("the help names only %v", variables)
	}
	texts := map[string]string{}
	entries, err := os.ReadDir(deployFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		texts[e.Name()] = deployFile(t, e.Name())
	}
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	texts["operations.md"] = string(page)
	command := regexp.MustCompile(`(?:^|/usr/local/bin/|-u taohe )taohe ([a-z]+)((?: [a-z]+| --[a-z-]+)*)`)
	flag := regexp.MustCompile(`--[a-z-]+`)
	for name, text := range texts {
		for _, v := range regexp.MustCompile(`TAOHE_[A-Z_]+`).FindAllString(text, -1) {
			if !slices.Contains(variables, v) {
				t.Errorf("%s: nothing reads %s", name, v)
			}
		}
		for line := range strings.Lines(text) {
			if !strings.Contains(line, "ExecStart") && !strings.HasPrefix(line, "taohe ") && !strings.HasPrefix(line, "sudo -u taohe taohe ") {
				continue
			}
			for _, m := range command.FindAllStringSubmatch(line, -1) {
				var of bytes.Buffer
				if status := run([]string{m[1], "--help"}, &of, &of); status != 0 {
					t.Errorf("%s: there is no command %s", name, m[1])
				}
				for _, f := range flag.FindAllString(m[2], -1) {
					if !strings.Contains(of.String(), f) {
						t.Errorf("%s: taohe %s has no %s", name, m[1], f)
					}
				}
			}
		}
	}
}

// systemd itself reads the units, with this program in the place of the installed.
func TestUnits(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd is not installed")
	}
	dir := t.TempDir()
	args := []string{"verify"}
	for _, name := range []string{"taohe.service", "taohe-backup.service", "taohe-backup.timer"} {
		file := filepath.Join(dir, name)
		text := strings.ReplaceAll(deployFile(t, name), "/usr/local/bin/taohe", "/bin/true")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	out, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// nginx itself reads its file, with a certificate of the test's.
func TestReverseProxy(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("nginx is not installed")
	}
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	site := strings.ReplaceAll(deployFile(t, "nginx.conf"), "/etc/ssl/taohe", dir)
	whole := "pid " + dir + "/pid; error_log stderr; events {} http { access_log off; " +
		"client_body_temp_path " + dir + "/b; proxy_temp_path " + dir + "/p; fastcgi_temp_path " + dir + "/f; uwsgi_temp_path " + dir + "/u; scgi_temp_path " + dir + "/s;\n" + site + "}"
	for name, content := range map[string][]byte{
		"fullchain.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		"privkey.pem":   pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}),
		"nginx.conf":    []byte(whole),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), nginx, "-t", "-e", "stderr", "-p", dir, "-c", filepath.Join(dir, "nginx.conf")).CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("[warn]")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// Every volume and secret that a container uses is declared, the database is
// reached from this machine only, and no password stands in the file.
func TestCompose(t *testing.T) {
	t.Parallel()
	var file struct {
		Services map[string]struct {
			Image, NetworkMode string
			Ports, Volumes     []string
			Secrets            []string
			Environment        map[string]string
		}
		Secrets, Volumes map[string]any
	}
	text := deployFile(t, "compose.yaml")
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) != 2 {
		t.Errorf("services: %v", file.Services)
	}
	for name, s := range file.Services {
		for _, v := range s.Volumes {
			volume, _, _ := strings.Cut(v, ":")
			if _, declared := file.Volumes[volume]; !declared {
				t.Errorf("%s: volume %s is not declared", name, volume)
			}
		}
		for _, secret := range s.Secrets {
			if _, declared := file.Secrets[secret]; !declared {
				t.Errorf("%s: secret %s is not declared", name, secret)
			}
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s: port %s can be reached from elsewhere", name, p)
			}
		}
		for variable := range s.Environment {
			if strings.HasSuffix(variable, "PASSWORD") || variable == "DATABASE_URL" {
				t.Errorf("%s: a secret in %s", name, variable)
			}
		}
	}
}
