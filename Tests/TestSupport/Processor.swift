import Foundation

/// What the processor under the tests can do.
public enum Processor {
    /// Whether products run on AVX-512, for which equal bits across batch sizes and threads are promised.
    public static let hasAVX512: Bool = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        return text.contains("avx512f")
    }()
}
