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
}
