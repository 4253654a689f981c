// The log of the platform in the eyes of golang.org/x/mod, and trees of golang.org/x/mod for the platform.
//
//	tlog read FOLDER VKEY   opens FOLDER/checkpoint and checks the log's files; what it found as JSON
//	tlog make SIZE          a signed head and proofs of a tree of SIZE entries as JSON
package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

type proof struct {
	At, Size int64
	Root     tlog.Hash
	Hashes   []tlog.Hash
}

type answer struct {
	Note, VKey  string
	Size        int64
	Leaves      int
	Inclusion   []proof
	Consistency []proof
}

func main() {
	var found answer
	switch os.Args[1] {
	case "read":
		found = read(os.Args[2], os.Args[3])
	case "make":
		size, err := strconv.ParseInt(os.Args[2], 10, 64)
		must(err)
		found = build(size)
	}
	must(json.NewEncoder(os.Stdout).Encode(found))
}

// read opens the head, then reads every leaf and every bundled entry, and proves a sample.
func read(folder, vkey string) answer {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	document, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err)
	opened, err := note.Open(document, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	require(lines[0] == verifier.Name(), "the origin is not the name of the key")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)

	// TileHashReader checks every tile it reads against the root of the signed tree.
	hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{folder})
	for first := int64(0); first < size; first += width {
		checkLeaves(folder, hashes, first, min(width, size-first))
	}
	found := prove(size, hashes)
	require(found.Inclusion[0].Root == root, "the root of the tiles is not the signed one")
	found.Note, found.VKey, found.Leaves = opened.Text, vkey, int(size)
	return found
}

func checkLeaves(folder string, hashes tlog.HashReader, first, count int64) {
	indexes := make([]int64, count)
	for at := range indexes {
		indexes[at] = tlog.StoredHashIndex(0, first+int64(at))
	}
	leaves, err := hashes.ReadHashes(indexes)
	must(err)
	tile := tlog.Tile{H: height, L: 0, N: first / width, W: int(count)}
	bundle, err := os.ReadFile(filepath.Join(folder, strings.Replace(path(tile), "tile/0/", "tile/entries/", 1)))
	must(err)
	for _, leaf := range leaves {
		length := int(bundle[0])<<8 | int(bundle[1])
		require(tlog.RecordHash(bundle[2:2+length]) == leaf, "an entry is not the one of its leaf")
		bundle = bundle[2+length:]
	}
	require(len(bundle) == 0, "a bundle has more entries than its tile")
}

// build makes a tree as the documentation of x/mod describes it: all stored hashes in one list.
func build(size int64) answer {
	var stored memory
	for at := int64(0); at < size; at++ {
		added, err := tlog.StoredHashes(at, []byte(fmt.Sprintf("entry %d", at)), stored)
		must(err)
		stored = append(stored, added...)
	}
	secret, vkey, err := note.GenerateKey(rand.Reader, "go.example/log")
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	root, err := tlog.TreeHash(size, stored)
	must(err)
	text := fmt.Sprintf("go.example/log\n%d\n%s\n", size, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	found := prove(size, stored)
	found.Note, found.VKey = string(signed), vkey
	return found
}

// prove makes and checks inclusion and consistency proofs at a sample of places and sizes.
func prove(size int64, hashes tlog.HashReader) answer {
	found := answer{Size: size}
	root, err := tlog.TreeHash(size, hashes)
	must(err)
	for _, at := range sample(size) {
		path, err := tlog.ProveRecord(size, at, hashes)
		must(err)
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, at)})
		must(err)
		must(tlog.CheckRecord(path, size, root, at, leaf[0]))
		found.Inclusion = append(found.Inclusion, proof{at, size, root, path})
		old, err := tlog.TreeHash(at+1, hashes)
		must(err)
		growth, err := tlog.ProveTree(size, at+1, hashes)
		must(err)
		must(tlog.CheckTree(growth, size, root, at+1, old))
		found.Consistency = append(found.Consistency, proof{at + 1, size, old, growth})
	}
	return found
}

// sample is every place of a small tree; of a large one the edges of tiles and some in between.
func sample(size int64) []int64 {
	var places []int64
	step := size/97 + 1
	for at := int64(0); at < size; at++ {
		edge := at%width == 0 || at%width == width-1
		if size <= 300 || at%step == 0 || at == size-1 || (edge && at/width < 4) {
			places = append(places, at)
		}
	}
	return places
}

type memory []tlog.Hash

func (stored memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		read[at] = stored[index]
	}
	return read, nil
}

type tiles struct{ folder string }

func (tiles) Height() int { return height }

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (from tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		data, err := os.ReadFile(filepath.Join(from.folder, path(tile)))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

// path is where C2SP tlog-tiles puts a tile: as Go does, without the height, which is always 8.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func min(one, other int64) int64 {
	if one < other {
		return one
	}
	return other
}

func require(holds bool, otherwise string) {
	if !holds {
		must(fmt.Errorf("%s", otherwise))
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
