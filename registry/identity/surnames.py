"""Chinese surnames of more than one character (复姓), simplified and traditional.

The list is that of 百家姓 and of the surnames still borne by people today. Pairs that far more often
are a one-character surname and the first character of a given name (单于, 子车, 第二) are left out:
a surname taken for too long shows too much of a name.
"""

_LIST = """
    欧阳 歐陽 上官 司马 司馬 诸葛 諸葛 东方 東方 独孤 獨孤 南宫 南宮 夏侯 尉迟 尉遲 皇甫 慕容 宇文 司徒
    令狐 轩辕 軒轅 长孙 長孫 公孙 公孫 仲孙 仲孫 太史 端木 万俟 萬俟 闻人 聞人 公羊 赫连 赫連 澹台 澹臺
    宗政 濮阳 濮陽 公冶 太叔 申屠 钟离 鍾離 鲜于 鮮于 司空 司寇 闾丘 閭丘 亓官 巫马 巫馬 公西 颛孙 顓孫
    壤驷 壤駟 公良 漆雕 漆彫 乐正 樂正 宰父 谷梁 穀梁 拓跋 拓拔 夹谷 夾谷 段干 百里 呼延 东郭 東郭 南门
    南門 羊舌 微生 梁丘 左丘 东门 東門 西门 西門 第五 淳于 即墨 达奚 達奚 褚师 褚師 屈突 哥舒 贺兰 賀蘭
    贺若 賀若 尔朱 爾朱 叱干 完颜 完顏 耶律 纳兰 納蘭 那拉 呼衍 叶赫 葉赫 富察 乌雅 烏雅 瓜尔佳 赫舍里
    钮祜禄 鈕祜祿 叶赫那拉 葉赫那拉 爱新觉罗 愛新覺羅
"""
_COMPOUND = frozenset(_LIST.split())
_LONGEST = max(map(len, _COMPOUND))


def surname_of(name: str) -> str:
    """The surname of a Chinese name: the longest compound one that leaves a given name, else one character.

    A name of one character has no surname that could be told apart: the answer is empty.
    """
    for length in range(min(_LONGEST, len(name) - 1), 1, -1):
        if name[:length] in _COMPOUND:
            return name[:length]
    return name[:1] if len(name) > 1 else ""
