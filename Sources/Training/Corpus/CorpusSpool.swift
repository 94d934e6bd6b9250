import Files
import Glibc

/// Copies on disk of what can be read only once: standard input and pipes.
///
/// A corpus is read more than once. The copies are deleted with this object.
final class CorpusSpool {
    private var copies: [String] = []
    private let folder: String

    init(in folder: String) { self.folder = folder }

    deinit { for copy in copies { unlink(copy) } }

    /// The source itself if it can be read again, else a copy under its name.
    func repeatable(_ source: RecordSource) throws -> RecordSource {
        try source.withDescriptor { descriptor, isRepeatable in
            if isRepeatable { return source }
            let path = "\(folder)/source-\(copies.count).text"
            copies.append(path)
            let sink = try FileSink(path: path)
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: RecordReader.chunkSize, alignment: 64)
            defer { buffer.deallocate() }
            while true {
                let count = try source.read(descriptor, into: buffer)
                if count == 0 { break }
                try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            try sink.close()
            return RecordSource(name: source.name, path: path)
        }
    }
}
