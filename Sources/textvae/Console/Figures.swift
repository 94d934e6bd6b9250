import Foundation

/// Numbers as people read them, the same in every locale.
enum Figures {
    /// A whole number in groups of three: `1,240`.
    static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// A number with so many decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        value.isFinite ? String(format: "%.\(decimals)f", value) : "\(value)"
    }

    /// A share as `61.2 %`.
    static func percent(_ share: Double, _ decimals: Int = 1) -> String {
        fixed(100 * share, decimals) + " %"
    }

    /// A rate as a whole number, or `–` where there is none.
    static func rate(_ value: Double) -> String {
        value.isFinite && value >= 0 && value < 1e15 ? grouped(Int(value.rounded())) : "–"
    }

    /// A duration as `11:32` or `2:05:09`, or `–` where it cannot be known.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    /// A count and its noun: `1 line`, `2 lines`.
    static func count(_ value: Int, _ noun: String) -> String {
        "\(grouped(value)) \(noun)\(value == 1 ? "" : "s")"
    }
}
