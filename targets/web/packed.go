package web

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// packedSize is from how many bytes on an answer is packed.
const packedSize = 512

// Packed has answers packed by gzip or zstd for who asks for that.
func Packed(h http.Handler) http.Handler {
	pack, err := gzhttp.NewWrapper(gzhttp.MinSize(packedSize), gzhttp.EnableZstd(true))
	if err != nil {
		panic(err) // the options are constants
	}
	packed := pack(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") == "" {
			h.ServeHTTP(w, r)
			return
		}
		packed(w, r)
	})
}
