import CICU

/// The ICU library this process runs on: it decides boundaries and normal forms.
public enum ICU {
    /// Version of the library, such as "72.1".
    public static var version: String { String(cString: cicu_version()) }

    /// Version of the Unicode data in it, such as "15.0".
    public static var unicodeVersion: String { String(cString: cicu_unicode_version()) }

    static func error(_ operation: String, _ status: Int32) -> TokenizeError {
        .icu(operation: operation, status: String(cString: cicu_status_name(status)))
    }

    /// Ends the process because there is no memory left, as any allocation of Swift's does.
    ///
    /// Opening is where ICU can fail: data, locales and rules that it lacks or does not understand
    /// are errors thrown there, once, before a tokenizer or a segmenter exists. What is left to the
    /// workers is to copy what was opened and to grow buffers. Lengths cannot overflow: ICU is
    /// handed 64 KiB at a time to normalize and 2³⁰ bytes at most to cut.
    static func isOutOfMemory(to operation: String, _ status: Int32) -> Never {
        fatalError("out of memory: \(error(operation, status))")
    }
}
